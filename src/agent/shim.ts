/*
 * The shim: the parent of a job's first process. It needs no daemon to live: it takes the attempt's start
 * marker, runs the command with the job's files as its streams and leaves the exit record. Plain POSIX sh,
 * and as few processes as it can, for every job pays for it.
 *
 * Arguments: local folder of the run, job's room, attempt, facts (JSON fields for the start marker), working
 * folder, stdin, stdout, stderr, open mode (`truncate` or `append`), then the command.
 *
 * Exit codes, seen by the daemon that started it: 0 the exit record is written; 75 the start marker was taken
 * before, nothing was run; 76 the node's lease (in MGPU_LEASE: its length in seconds and its folder) is over,
 * nothing was run.
 *
 * Whether a command ended by a signal or by a code above 128 looks the same in `$?`; but a shell says a word
 * on its standard error for a signal (not for INT and PIPE), so that goes to a file of its own which is
 * looked at.
 */
export const shimText = `#!/bin/sh
local=$1 room=$2 attempt=$3 facts=$4 dir=$5 in=$6 out=$7 err=$8 mode=$9
shift 9
message="$local/message.$$"
exec 2> "$message"
trap : HUP INT QUIT TERM USR1 USR2 ALRM

# The start happens at most once: one exclusive create of this name succeeds.
set -C
true > "$room/started.$attempt" || { rm -f "$message"; exit 75; }
set +C
started() { shift 19; ticks=$1; }
read -r stat < "/proc/$$/stat"
started \${stat##*) }
printf '{%s,"pid":%d,"startTicks":%d}\\n' "$facts" "$$" "$ticks" > "$room/started.$attempt"
MGPU_PID=$$
export MGPU_PID
[ "$attempt" = 1 ] || rm -f "$room/SUCCESS" "$room/FAILED"

# Under a lease that is over the job may be another node's by now.
fenced() {
  true > "$local/fenced"
  true > "$local.ended"
  exit 76
}
if [ -n "\${MGPU_LEASE-}" ]; then
  read -r stamp < "\${MGPU_LEASE#* }/stamp" || fenced
  read -r up _ < /proc/uptime
  [ "$stamp" = forever ] || [ $((\${up%%.*} - stamp)) -lt "\${MGPU_LEASE%% *}" ] || fenced
fi
unset MGPU_LEASE
limits=\${MGPU_LIMITS-} mask=\${MGPU_UMASK-\${SLURM_UMASK-}}
unset MGPU_LIMITS MGPU_UMASK

# With the processor time of all that was waited for, in ticks (fields 16 and 17 of proc(5)).
ended() { shift 13; user=$1 system=$2; }
record() {
  read -r stat < "/proc/$$/stat"
  ended \${stat##*) }
  format='{"mgpu":"exit","format":1,"attempt":%d,"code":%d,"signal":%d,"launched":%s,'
  format="$format"'"userTicks":%d,"systemTicks":%d}\\n'
  printf "$format" "$attempt" "$1" "$2" "$3" "$user" "$system"
}
finish() {
  umask 022
  if record "$@" > "$room/.exit.$attempt" && mv "$room/.exit.$attempt" "$room/exit.$attempt"
  then :
  else record "$@" > "$local/.exit" && mv "$local/.exit" "$local/exit"
  fi
  if [ "$1" -eq 0 ] && [ "$2" -eq 0 ]; then true > "$room/SUCCESS"; else true > "$room/FAILED"; fi
  true > "$local.ended"
  exit 0
}

# What slurmstepd calls itself: with the node's name where that is not the host's.
stepd=slurmstepd
case \${MGPU_NODE-} in
  '' | "\${MGPU_HOST-}" | "\${MGPU_HOST%%.*}") ;;
  *) stepd="slurmstepd-$MGPU_NODE" ;;
esac

# The submitter's, for the job's files and its processes.
case $mask in [0-7][0-7][0-7][0-7]) umask "$mask" ;; esac
if [ "$mode" = truncate ]; then
  true > "$out" || finish 0 53 false
  [ -z "$err" ] || true > "$err" || finish 0 53 false
fi
true >> "$out" || finish 0 53 false
if [ -n "$err" ]; then true >> "$err" || finish 0 53 false; fi
true < "$in" || finish 0 53 false

chdir_failed() {
  why="No such file or directory"
  [ ! -d "$dir" ] || why="Permission denied"
  for _ in 1 2; do
    printf '%s: error: couldn'"'"'t chdir to \`%s'"'"': %s: going to /tmp instead\\n' "$stepd" "$dir" "$why"
  done >> "\${err:-$out}"
  cd /tmp
}
# Some shells tell all that they start where they were before.
had_old=\${OLDPWD+yes} old=\${OLDPWD-}
cd "$dir" || chdir_failed
unset OLDPWD
[ -z "$had_old" ] || { OLDPWD=$old; export OLDPWD; }

# Under its submitter's limits, letter:value or letter:value:name, and with the number of its own process.
run() {
  for limit in $limits; do
    letter=\${limit%%:*} value=\${limit#*:} name=
    case $value in *:*) name=\${value#*:} value=\${value%%:*} ;; esac
    ulimit -S "-$letter" "$value" 2> /dev/null && continue
    # What some shells call -u is -p in others.
    [ "$letter" = u ] && ulimit -S -p "$value" 2> /dev/null && continue
    [ -z "$name" ] || echo "$stepd: error: Can't propagate RLIMIT_$name of $value from submit host" >&2
  done
  exec /bin/sh -c 'SLURM_TASK_PID=$$; export SLURM_TASK_PID; exec "$@"' sh "$@"
}
: > "$message"
if [ -n "$err" ]
then (run "$@" < "$in" >> "$out" 2>> "$err")
else (run "$@" < "$in" >> "$out" 2>&1)
fi
code=$?
signal=0
if [ "$code" -gt 128 ]; then
  if [ -s "$message" ] || [ "$code" -eq 130 ] || [ "$code" -eq 141 ]; then
    signal=$((code - 128)) code=0
  fi
fi
finish "$code" "$signal" true
`;

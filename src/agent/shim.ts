import { setLimits } from '../model/ulimit.ts';

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
 *
 * Its variables begin with m_: what it set under a name that the job's environment has would be the job's.
 */
export const shimText = `#!/bin/sh
m_local=$1 m_room=$2 m_attempt=$3 m_facts=$4 m_dir=$5 m_in=$6 m_out=$7 m_err=$8 m_mode=$9
shift 9
m_message="$m_local/message.$$"
exec 2> "$m_message"
trap : HUP INT QUIT TERM USR1 USR2 ALRM

# The start happens at most once: one exclusive create of this name succeeds.
set -C
true > "$m_room/started.$m_attempt" || { rm -f "$m_message"; exit 75; }
set +C
started() { shift 19; m_ticks=$1; }
read -r m_stat < "/proc/$$/stat"
started \${m_stat##*) }
printf '{%s,"pid":%d,"startTicks":%d}\\n' "$m_facts" "$$" "$m_ticks" > "$m_room/started.$m_attempt"
MGPU_PID=$$
export MGPU_PID
[ "$m_attempt" = 1 ] || rm -f "$m_room/SUCCESS" "$m_room/FAILED"

# Under a lease that is over the job may be another node's by now.
fenced() {
  true > "$m_local/fenced"
  true > "$m_local.ended"
  exit 76
}
if [ -n "\${MGPU_LEASE-}" ]; then
  read -r m_stamp < "\${MGPU_LEASE#* }/stamp" || fenced
  read -r m_up _ < /proc/uptime
  [ "$m_stamp" = forever ] || [ $((\${m_up%%.*} - m_stamp)) -lt "\${MGPU_LEASE%% *}" ] || fenced
fi
unset MGPU_LEASE
m_limits=\${MGPU_LIMITS-} m_mask=\${MGPU_UMASK-\${SLURM_UMASK-}}
unset MGPU_LIMITS MGPU_UMASK

# With the processor time of all that was waited for, in ticks (fields 16 and 17 of proc(5)).
ended() { shift 13; m_user=$1 m_system=$2; }
record() {
  read -r m_stat < "/proc/$$/stat"
  ended \${m_stat##*) }
  m_format='{"mgpu":"exit","format":1,"attempt":%d,"code":%d,"signal":%d,"launched":%s,'
  m_format="$m_format"'"userTicks":%d,"systemTicks":%d}\\n'
  printf "$m_format" "$m_attempt" "$1" "$2" "$3" "$m_user" "$m_system"
}
finish() {
  umask 022
  if record "$@" > "$m_room/.exit.$m_attempt" && mv "$m_room/.exit.$m_attempt" "$m_room/exit.$m_attempt"
  then :
  else record "$@" > "$m_local/.exit" && mv "$m_local/.exit" "$m_local/exit"
  fi
  if [ "$1" -eq 0 ] && [ "$2" -eq 0 ]; then true > "$m_room/SUCCESS"; else true > "$m_room/FAILED"; fi
  true > "$m_local.ended"
  exit 0
}

# What slurmstepd calls itself: with the node's name where that is not the host's.
m_stepd=slurmstepd
case \${MGPU_NODE-} in
  '' | "\${MGPU_HOST-}" | "\${MGPU_HOST%%.*}") ;;
  *) m_stepd="slurmstepd-$MGPU_NODE" ;;
esac

# The submitter's, for the job's files and its processes.
case $m_mask in [0-7][0-7][0-7][0-7]) umask "$m_mask" ;; esac
if [ "$m_mode" = truncate ]; then
  true > "$m_out" || finish 0 53 false
  [ -z "$m_err" ] || true > "$m_err" || finish 0 53 false
fi
true >> "$m_out" || finish 0 53 false
if [ -n "$m_err" ]; then true >> "$m_err" || finish 0 53 false; fi
true < "$m_in" || finish 0 53 false

chdir_failed() {
  m_why="No such file or directory"
  [ ! -d "$m_dir" ] || m_why="Permission denied"
  m_format='%s: error: couldn'"'"'t chdir to \`%s'"'"': %s: going to /tmp instead\\n'
  for m_turn in 1 2; do
    printf "$m_format" "$m_stepd" "$m_dir" "$m_why"
  done >> "\${m_err:-$m_out}"
  cd /tmp
}
# Some shells tell all that they start where they were before.
m_had_old=\${OLDPWD+yes} m_old=\${OLDPWD-}
cd "$m_dir" || chdir_failed
unset OLDPWD
[ -z "$m_had_old" ] || { OLDPWD=$m_old; export OLDPWD; }

# Under its submitter's limits, letter:value or letter:value:name, and with the number of its own process.
run() {
  ${setLimits}
  exec /bin/sh -c 'SLURM_TASK_PID=$$; export SLURM_TASK_PID; exec "$@"' sh "$@"
}
: > "$m_message"
if [ -n "$m_err" ]
then (run "$@" < "$m_in" >> "$m_out" 2>> "$m_err")
else (run "$@" < "$m_in" >> "$m_out" 2>&1)
fi
m_code=$?
m_signal=0
if [ "$m_code" -gt 128 ]; then
  if [ -s "$m_message" ] || [ "$m_code" -eq 130 ] || [ "$m_code" -eq 141 ]; then
    m_signal=$((m_code - 128)) m_code=0
  fi
fi
finish "$m_code" "$m_signal" true
`;

/*
 * The guard of a node's lease: a small process beside the daemon, which it outlives. While the lease is
 * renewed it sleeps; when it was not renewed for its length, by the machine's count since boot, which goes on
 * while it is suspended, the guard ends the lease for good, by one rename, and then every attempt that was
 * started under it, for another node may try those jobs from now on. Plain POSIX sh and grep.
 *
 * Arguments: local folder of the node, name of the lease's folder, its length, the time between two looks and
 * the grace between SIGTERM and SIGKILL (all in seconds), the cluster's identity.
 *
 * `stamp` in the lease's folder: when the last heartbeat that reached the spool was begun, or `forever`.
 * `guard` there: the number of the newest guard; an older one leaves. Of a run in `runs`, `kept` means that
 * it has no lease, and `<run>.ended` that its first process is over; `fenced` is put there for the others,
 * once, when the lease ends. What is left of any of these is ended, steps and what a script left behind too;
 * a run that began later has another lease, under which it goes on while this guard is still at work. Where
 * `fenced` cannot be written they are ended all the same.
 */
export const guardText = `#!/bin/sh
cd "$1" || exit 1
lease=$2 length=$3 check=$4 grace=$5 cluster=$6
id=\${lease#lease.}
trap : HUP INT QUIT TERM
held= over=

echo $$ > "$lease/guard" || exit 1
while sleep "$check"; do
  [ -d "$lease" ] || break
  read -r own < "$lease/guard" || continue
  [ "$own" = $$ ] || exit 0
  read -r stamp < "$lease/stamp" || stamp=0
  [ "$stamp" != forever ] || exit 0
  read -r up _ < /proc/uptime
  [ $((\${up%%.*} - stamp)) -lt "$length" ] && continue
  for run in runs/*; do
    [ -d "$run" ] && [ ! -e "$run/kept" ] && held="$held $run"
  done
  # A disk that takes nothing any more is no reason to let them run on.
  if mv "$lease" "expired.$id" || [ -d "$lease" ]; then
    over=yes
    for run in $held; do [ -e "$run.ended" ] || true > "$run/fenced"; done
  else
    held=
  fi
  break
done 2> /dev/null
[ -n "$over" ] || [ -d "expired.$id" ] || exit 0
if [ -z "$over" ]; then
  for run in runs/*; do
    [ -e "$run/fenced" ] && held="$held $run"
  done
fi

# The numbers of the processes of all runs that had the lease.
leased() {
  for run in $held; do
    [ ! -e "$run/kept" ] || continue
    grep -lszxF "MGPU_JOB_MARK=$cluster.\${run#runs/}" /proc/[0-9]*/environ
  done
}
end() {
  found=
  for file in $(leased); do
    pid=\${file#/proc/} pid=\${pid%/environ}
    kill -CONT "$pid"
    kill "-$1" "$pid"
    found=yes
  done
} 2> /dev/null
end TERM
left=$grace
while [ -n "$found" ] && [ "$left" -gt 0 ]; do
  sleep 1
  left=$((left - 1)) found=
  [ -z "$(leased)" ] || found=yes
done
while [ -n "$found" ]; do
  end KILL
  [ -z "$found" ] || sleep 1
done
rm -rf "expired.$id"
`;

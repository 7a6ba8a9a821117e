/*
 * The first process of an allocation (salloc): it does nothing but be there, so that an allocation starts,
 * is found again, is cancelled and ends as every job does. The shim runs it.
 *
 * It reads the pulse in the job's room, one line that salloc's keeper (system/keeper) writes:
 *
 *   `pulse N`   salloc lives; N rises every few seconds
 *   `stay`      there is nobody to wait for (--no-shell): the allocation is held until it is cancelled
 *   `end CODE`  salloc is done, and its command ended with that code
 *
 * It looks twice a second, and at once when its daemon tells it that somebody has said `end`
 * (agent/wakeholders).
 *
 * A pulse that stands still for the grace, by the looks of this process, means that salloc and its machine
 * are gone: the allocation ends. A room that cannot be seen (a mount that is away) counts for nothing.
 */

/** How long a pulse may stand still, in seconds: twelve times what the keeper takes between two. */
const graceSeconds = 60;
const looksPerSecond = 2;

/** What it ends with when nobody says anything any more. */
const silentExitCode = 137;

/** Tells it to look now: SIGWINCH, by which nothing else comes to harm. */
export const wakeSignal = 28;

const holderText = `
trap '' HUP INT QUIT USR1 USR2 ALRM
pulse=$1 room=\${1%/*} looks=$2 last= still=0 nap=0.5 woken= napping=
trap 'kill $napping 2> /dev/null; exit 0' TERM
trap 'woken=1' WINCH
sleep 0.0 2> /dev/null || nap=1
while :; do
  said=
  if { read -r said < "$pulse"; } 2> /dev/null || [ -n "$said" ] || [ -e "$room/launch.json" ]; then
    case $said in
      'end '*) exit "\${said#end }" ;;
      stay) still=0 ;;
      "$last") still=$((still + 1)) ;;
      *) last=$said still=0 ;;
    esac
  fi
  [ "$still" -lt "$looks" ] || exit ${silentExitCode}
  if [ -z "$woken" ]; then
    sleep $nap & napping=$!
    wait $napping
    kill $napping 2> /dev/null
  fi
  woken= napping=
done
`;

/** The command that holds an allocation whose pulse is at this path. */
export function holderCommand(pulse: string): readonly string[] {
  return ['/bin/sh', '-c', holderText, 'holder', pulse, String(graceSeconds * looksPerSecond)];
}

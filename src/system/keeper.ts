import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Keeper } from '../ports/keeper.ts';
import { codeOf } from './files/fault.ts';

/*
 * The keeper writes the pulse of an allocation while this process lives, stopped or not, and says that it
 * has ended as soon as it has, however it did. It is a process of its own, so that a salloc that is killed
 * outright does not leave its nodes behind, and one that is stopped does not lose them.
 */

const pulseSeconds = 5;

const keeperText = `
trap '' HUP INT QUIT TERM USR1 USR2 ALRM TSTP TTOU TTIN
pid=$1 ticks=$2 pulse=$3 count=0
started() { state=$1; shift 19; now=$1; }
lives() {
  kill -0 "$pid" 2> /dev/null || return 1
  [ -n "$ticks" ] || return 0
  read -r stat < "/proc/$pid/stat" || return 1
  started \${stat##*) }
  [ "$now" = "$ticks" ] && [ "$state" != Z ]
}
until=0
while lives; do
  if [ "$count" -ge "$until" ]; then
    echo "pulse $count" > "$pulse"
    until=$((count + ${pulseSeconds}))
  fi
  count=$((count + 1))
  sleep 1
done 2> /dev/null
echo 'end 137' > "$pulse"
`;

/** Starts the keeper of the pulse at this path, for as long as this process lives. */
export function startKeeper(pulse: string): Keeper {
  const args = ['-c', keeperText, 'keeper', String(process.pid), startTicks(), pulse];
  const child = spawn('/bin/sh', args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return { stop: () => void child.kill('SIGKILL') };
}

/** When this process started, in clock ticks since boot: the same pid later on is another process. */
function startTicks(): string {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return '';
  }
}

import { parseHostlist } from '../../model/hostlist.ts';
import { limits } from '../../model/limits.ts';
import { activeFeaturesOf, featuresOf, isOutOfUse } from '../../model/node.ts';
import type { Request } from '../../model/request.ts';
import type { ClusterView } from '../../services/view.ts';
import { nodeState, type UsedNode, usedNodes } from '../../tables/fields/nodestate.ts';
import type { Answer } from './show.ts';
import { complaint, type Setting, tagNamed, unsupported, updateError } from './words.ts';

type NodeUpdate = Extract<Request, { readonly name: 'updateNode' }>;
type Draft = { -readonly [K in keyof NodeUpdate]: NodeUpdate[K] };

const tags = [
  ...['NodeName', 'State', 'Reason', 'Comment', 'Extra', 'Weight', 'ActiveFeatures', 'AvailableFeatures'],
  ...['Features', 'CpuBind', 'Gres', 'NodeAddr', 'NodeHostName'],
] as const;

const states: Readonly<Record<string, NonNullable<NodeUpdate['state']>>> = {
  DOWN: 'down',
  DRAIN: 'drain',
  FAIL: 'fail',
  IDLE: 'idle',
  RESUME: 'resume',
  UNDRAIN: 'undrain',
};
/** States that Slurm takes or knows, and that nobody can set here. */
const otherStates = [
  ...['NORESP', 'FUTURE', 'POWER_DOWN', 'POWER_DOWN_ASAP', 'POWER_DOWN_FORCE', 'POWER_UP', 'CANCEL_REBOOT'],
  ...['ALLOCATED', 'MIXED', 'COMPLETING', 'MAINT', 'RESERVED', 'UNKNOWN', 'ERROR', 'PLANNED'],
];

/** `update NodeName=...`: what to send, or Slurm's complaint (captures and as observed of 22.05.8). */
export function planNodeUpdate(
  settings: readonly Setting[],
  view: ClusterView,
  isAdmin: boolean,
): NodeUpdate | Answer {
  const read = readNodeUpdate(settings);
  if ('exitCode' in read) return read;
  if (!isAdmin) return updateError('Invalid user id');
  const used = usedNodes(view);
  const known = read.nodes.flatMap((name) => used.get(name) ?? []);
  if (read.nodes.length === 0 || known.length < read.nodes.length) {
    return updateError('Invalid node name specified');
  }
  if (known.some((node) => !maySet(node, read))) return updateError('Invalid node state specified');
  if (known.some((node) => !isFeaturesFit(node, read))) {
    return updateError('Active features not subset of available features');
  }
  return read;
}

function readNodeUpdate(settings: readonly Setting[]): Draft | Answer {
  const draft: Draft = { name: 'updateNode', nodes: [] };
  for (const setting of settings) {
    const tag = tagNamed(setting.tag, tags);
    if (tag === undefined || setting.how !== 'set') {
      const what = `Update of this parameter is not supported: ${setting.written}`;
      return complaint(what, 'Request aborted');
    }
    const fault = take(draft, tag, setting);
    if (fault !== undefined) return fault;
  }
  const isOut = draft.state === 'down' || draft.state === 'drain' || draft.state === 'fail';
  if (isOut && (draft.reason === undefined || draft.reason === '')) {
    return complaint('You must specify a reason when DOWNING or DRAINING a node. Request denied');
  }
  if (Object.keys(draft).length === 2) return complaint('No changes specified');
  return draft;
}

function take(draft: Draft, tag: (typeof tags)[number], { written, value }: Setting): Answer | undefined {
  switch (tag) {
    case 'NodeName':
      draft.nodes = [...new Set(parseHostlist(value) ?? [value])];
      return undefined;
    case 'State':
      return takeState(draft, value, written);
    case 'Reason':
      draft.reason = value;
      return undefined;
    case 'Comment':
      draft.comment = value;
      return undefined;
    case 'Extra':
      draft.extra = value;
      return undefined;
    case 'Weight': {
      if (!/^\d+$/.test(value) || Number(value) > 2 ** 32 - 1) {
        return complaint(
          `scontrol: error: Weight value (${value}) is not a valid number`,
          'No changes specified',
        );
      }
      draft.weight = Number(value);
      return undefined;
    }
    case 'Features':
    case 'AvailableFeatures':
      draft.features = featuresIn(value);
      return undefined;
    case 'ActiveFeatures':
      draft.activeFeatures = featuresIn(value);
      return undefined;
    default:
      return unsupported(`update of ${tag}`, ': it comes from cluster.yaml and the node itself');
  }
}

function featuresIn(value: string): readonly string[] {
  return value.split(',').filter((one) => one !== '' && one.length <= limits.nameLength);
}

function takeState(draft: Draft, value: string, written: string): Answer | undefined {
  const word = value.toUpperCase();
  const isFit = (name: string): boolean => word !== '' && name.startsWith(word);
  const found = Object.keys(states).find(isFit);
  if (found !== undefined) {
    draft.state = states[found] ?? 'resume';
    return undefined;
  }
  if (otherStates.some(isFit)) return updateError('Invalid node state specified');
  return complaint(
    `Invalid input: ${written}`,
    'Request aborted',
    'Valid states are: NoResp DRAIN FAIL FUTURE RESUME POWER_DOWN POWER_UP UNDRAIN',
    "Not all states are valid given a node's prior state",
  );
}

/** Not all states are valid given a node's prior state. */
function maySet(used: UsedNode, { state }: NodeUpdate): boolean {
  const { base } = nodeState(used);
  if (state === 'resume') return base === 'DOWN' || isOutOfUse(used.node.admin);
  return state !== 'idle' || base === 'IDLE' || base === 'DOWN';
}

function isFeaturesFit({ node }: UsedNode, { features, activeFeatures }: NodeUpdate): boolean {
  const available = features ?? featuresOf(node);
  const active = activeFeatures ?? (features === undefined ? activeFeaturesOf(node) : []);
  return active.every((one) => available.includes(one));
}

import type { Cluster } from './cluster.ts';

/** Jobs that are submitted one after the other until somebody says that it is enough. */
export interface Load {
  /** Those that were acknowledged. */
  readonly ids: readonly number[];
  end(): Promise<void>;
}

const betweenMs = 20;

/** Keeps a cluster at work with short jobs. */
export function loadOn(cluster: Cluster): Load {
  const ids: number[] = [];
  let isOver = false;
  const submitting = (async () => {
    while (!isOver) {
      ids.push(await cluster.client.submit({ script: 'sleep 0.1' }));
      await new Promise((resolve) => setTimeout(resolve, betweenMs));
    }
  })();
  return {
    ids,
    end() {
      isOver = true;
      return submitting;
    },
  };
}

import type os from 'node:os';

/**
 * The addresses of interfaces that others may reach; the machine's own to itself where there are no others.
 * Link-local ones lead nowhere from another network.
 */
export function listAddresses(interfaces: ReturnType<typeof os.networkInterfaces>): readonly string[] {
  const outer = addressesThat(interfaces, ({ internal }) => !internal);
  return outer.length > 0 ? outer : addressesThat(interfaces, ({ internal }) => internal);
}

function addressesThat(
  interfaces: ReturnType<typeof os.networkInterfaces>,
  isWanted: (one: os.NetworkInterfaceInfo) => boolean,
): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter((one) => isWanted(one) && !/^(?:fe80:|169\.254\.)/i.test(one.address))
      .map(({ address }) => ({ address, rank: (isBridge(name) ? 2 : 0) + (address.includes(':') ? 1 : 0) })),
  );
  const ordered = [0, 1, 2, 3].flatMap((rank) => found.filter((one) => one.rank === rank));
  return [...new Set(ordered.map(({ address }) => address))];
}

function isBridge(name: string): boolean {
  return /^(?:docker|br-|virbr|veth|cni|flannel|cali|lxc|lxdbr|podman|kube)/.test(name);
}

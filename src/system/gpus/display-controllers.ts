import type { Gpu } from '../../model/gpu.ts';
import { gpuType, normalBusId } from '../../model/gpu.ts';
import { oneLine, some } from './fields.ts';

/** A controller as systeminformation's `graphics()` lists it, as far as it matters here. */
export interface DisplayController {
  readonly vendor?: string | null;
  readonly model?: string | null;
  readonly busAddress?: string | null;
}

export interface CountedControllers {
  readonly gpus: readonly Gpu[];
  readonly ignored: readonly string[];
}

/**
 * The GPUs among the display controllers of a node: cards made for computing, by their names. What shows a
 * console (ASPEED, Matrox), is virtual (QEMU, VMware, virtio, Cirrus) or integrated is none. The memory that
 * the list gives is that of the largest PCI window, which is not the card's, so that it is left out.
 */
export function countControllers(controllers: readonly DisplayController[]): CountedControllers {
  const gpus: Gpu[] = [];
  const ignored: string[] = [];
  const places = new Set<string>();
  for (const controller of controllers) {
    const name = oneLine([controller.vendor, controller.model].filter(Boolean).join(' '));
    const busId = normalBusId(controller.busAddress ?? '');
    const vendor = cardVendor(name);
    if (busId !== undefined && places.has(busId)) continue;
    if (busId !== undefined) places.add(busId);
    if (vendor === undefined) {
      ignored.push(`${name === '' ? 'a controller without a name' : name} is not a GPU for computing`);
      continue;
    }
    const model = oneLine(controller.model ?? '');
    gpus.push({ index: gpus.length, model, type: gpuType(model), vendor, ...some('busId', busId) });
  }
  return { gpus, ignored };
}

/**
 * True if the name, as tools or the PCI list write it, is one of AMD's cards and not one of its processors.
 */
export function isAmdCardName(name: string): boolean {
  const isCard = /\binstinct\b|\bmi\d{2,3}[a-z]?\b|\bradeon (?:rx|pro|vii|ai)\b/i.test(name);
  return isCard || /\b(?:navi|vega|polaris) ?\d\d\b|\b(?:arcturus|aldebaran|vanjaram)\b/i.test(name);
}

function cardVendor(name: string): 'nvidia' | 'amd' | 'intel' | undefined {
  if (/qemu|vmware|virtio|cirrus|virtual|aspeed|matrox|bochs|red hat|vbox|xen/i.test(name)) return undefined;
  // Chipsets of the time before CUDA.
  if (/\bnvidia\b/i.test(name)) return /nforce|\bmcp\d/i.test(name) ? undefined : 'nvidia';
  if (/\bamd\b|advanced micro devices|\bati\b/i.test(name)) return isAmdCardName(name) ? 'amd' : undefined;
  return /\bintel\b/i.test(name) && isIntelCardName(name) ? 'intel' : undefined;
}

/** `Arc Graphics` without a number is integrated; `Arc A770` is a card. */
function isIntelCardName(name: string): boolean {
  const isCard = /\barc (?:pro )?[ab]\d{2,3}m?\b|data center gpu (?:max|flex)/i.test(name);
  return isCard || /\b(?:dg1|dg2|ats-m|ponte vecchio|battlemage)\b/i.test(name);
}

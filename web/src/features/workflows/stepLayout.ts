// Where each step of a run stands in the picture of its graph; layers from left to right, after dagre.
import { Graph, layout } from "@dagrejs/dagre";
import type { Step } from "@/api/machine";

export const nodeSize = { width: 176, height: 52 };
/** Above so many steps dagre takes too long for a page; a plain arrangement by layers serves then. */
const dagreUpTo = 300;

export interface Layout {
  places: Map<string, { x: number; y: number }>;
  edges: { id: string; source: string; target: string }[];
  size: { width: number; height: number };
  /** The upper left end of it all. */
  corner: { x: number; y: number };
}

type Linked = Pick<Step, "name" | "parents">;

function edgesOf(steps: readonly Linked[]): Layout["edges"] {
  const known = new Set(steps.map(({ name }) => name));
  return steps.flatMap(({ name, parents }) =>
    parents.filter((parent) => known.has(parent)).map((parent) => ({ id: `${parent}>${name}`, source: parent, target: name })),
  );
}

function byDagre(steps: readonly Linked[], edges: Layout["edges"]): Layout["places"] {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 20, ranksep: 40 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of steps) graph.setNode(name, { ...nodeSize });
  for (const { source, target } of edges) graph.setEdge(source, target);
  layout(graph);
  return new Map(
    steps.map(({ name }) => {
      const { x, y } = graph.node(name) as { x: number; y: number };
      return [name, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }];
    }),
  );
}

/** Layer = longest way from a step without parents; inside a layer, near the middle of the parents. */
function byLayers(steps: readonly Linked[]): Layout["places"] {
  const layers: string[][] = [];
  const layerOf = new Map<string, number>();
  const places: Layout["places"] = new Map();
  for (const { name, parents } of steps) {
    const layer = Math.max(-1, ...parents.map((parent) => layerOf.get(parent) ?? -1)) + 1;
    layerOf.set(name, layer);
    (layers[layer] ??= []).push(name);
  }
  const parentsOf = new Map(steps.map(({ name, parents }) => [name, parents]));
  const middle = (name: string) => {
    const known = (parentsOf.get(name) ?? []).flatMap((parent) => places.get(parent)?.y ?? []);
    return known.length ? known.reduce((sum, y) => sum + y, 0) / known.length : 0;
  };
  const step = nodeSize.height + 20;
  for (const [layer, names] of layers.entries()) {
    const sorted = layer === 0 ? names : names.map((name) => ({ name, y: middle(name) })).sort((a, b) => a.y - b.y).map(({ name }) => name);
    for (const [row, name] of sorted.entries()) places.set(name, { x: layer * (nodeSize.width + 40), y: (row - (sorted.length - 1) / 2) * step });
  }
  return places;
}

const least = (values: readonly number[]) => values.reduce((low, value) => Math.min(low, value), values[0] ?? 0);
const most = (values: readonly number[]) => values.reduce((high, value) => Math.max(high, value), values[0] ?? 0);

/** Steps come parents first, as the engine orders them. */
export function layoutOf(steps: readonly Linked[]): Layout {
  const edges = edgesOf(steps);
  const places = steps.length > dagreUpTo ? byLayers(steps) : byDagre(steps, edges);
  const [xs, ys] = [[...places.values()].map(({ x }) => x), [...places.values()].map(({ y }) => y)];
  const corner = { x: least(xs), y: least(ys) };
  return { edges, places, corner, size: { width: most(xs) - corner.x + nodeSize.width, height: most(ys) - corner.y + nodeSize.height } };
}

/** The same for the same structure, so that the picture is laid out once and not at every update. */
export const structureOf = (steps: readonly Linked[]): string => steps.map(({ name, parents }) => `${name}<${parents.join()}`).join(";");

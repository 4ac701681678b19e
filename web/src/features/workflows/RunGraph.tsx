// The live graph of a run: every step with its state, laid out once, coloured anew as it goes on.
import "@xyflow/react/dist/base.css";
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { Background, Controls, type Edge, MarkerType, MiniMap, Position, ReactFlow, type ReactFlowInstance } from "@xyflow/react";
import { useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { RunDetail, Step } from "@/api/machine";
import type { Tokens } from "@/theme/palette";
import { focusOf } from "./focus";
import { stepLook } from "./runTags";
import { StepNode, type StepNodeType } from "./StepNode";
import { type Layout, layoutOf, nodeSize, structureOf } from "./stepLayout";

const nodeTypes = { step: StepNode };
/** Below this size the names cannot be read; the picture opens at what happens now instead of at everything. */
const readable = 0.6;
const close = 0.85;
const many = 60;
const rim = 32;
const origin = { x: 0, y: 0 };
const handle = { y: nodeSize.height / 2, width: 1, height: 1 };
/** Told beforehand, so that nothing is drawn only to be measured: of a long run just the nodes in sight are made. */
const known: Pick<StepNodeType, "width" | "height" | "measured" | "handles" | "style"> = {
  ...nodeSize,
  measured: nodeSize,
  // React Flow lets the pointer through nodes that it has nothing to do with; ours are links.
  style: { pointerEvents: "all" },
  handles: [
    { ...handle, type: "target", position: Position.Left, x: 0 },
    { ...handle, type: "source", position: Position.Right, x: nodeSize.width },
  ],
};
const heights = { least: 220, most: 480 };

/** Where the picture begins in its frame, so that a place in it is in the middle and no side is left empty. */
export function offset(place: number, size: number, frame: number): number {
  const room = frame - size * close;
  if (room >= 2 * rim) return room / 2;
  return Math.min(rim, Math.max(room - rim, frame / 2 - place * close));
}

function colourOf(step: Step, tokens: Tokens): string {
  const [tone] = stepLook(step);
  return tone === "neutral" ? tokens.edge : tokens[tone];
}

function useNodes(run: RunDetail, layout: Layout, openStep: string | undefined, to: (step: string) => string): StepNodeType[] {
  return useMemo(() => {
    const critical = new Set(run.critical_path);
    return run.steps.map((step): StepNodeType => {
      const data = { step, critical: critical.has(step.name), open: step.name === openStep, to: to(step.name) };
      return { id: step.name, type: "step", position: layout.places.get(step.name) ?? origin, data, ...known };
    });
  }, [run.steps, run.critical_path, layout, openStep, to]);
}

function useEdges(run: RunDetail, layout: Layout, tokens: Tokens): Edge[] {
  return useMemo(() => {
    const steps = new Map(run.steps.map((step) => [step.name, step]));
    const path = new Set(run.critical_path.slice(1).map((name, index) => `${run.critical_path[index]}>${name}`));
    return layout.edges.map((edge) => {
      const target = steps.get(edge.target);
      const strong = path.has(edge.id);
      const colour = strong ? tokens.accent : tokens.edge;
      return {
        ...edge,
        focusable: false,
        style: { stroke: colour, strokeWidth: strong ? 2.5 : 1.25, strokeDasharray: target?.status === "skipped" ? "4 4" : undefined },
        markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: 14, height: 14 },
      };
    });
  }, [run.steps, run.critical_path, layout, tokens]);
}

export interface RunGraphProps {
  run: RunDetail;
  openStep?: string;
  to: (step: string) => string;
}

export default function RunGraph({ run, openStep, to }: RunGraphProps) {
  const { t } = useTranslation("workflows");
  const { tokens } = useTheme();
  const structure = structureOf(run.steps);
  // oxlint-disable-next-line react/exhaustive-deps -- the structure says all that the layout depends on
  const layout = useMemo(() => layoutOf(run.steps), [structure]);
  const nodes = useNodes(run, layout, openStep, to);
  const edges = useEdges(run, layout, tokens);
  const frame = useRef<HTMLDivElement>(null);
  const height = Math.min(heights.most, Math.max(heights.least, layout.size.height + 2 * rim));
  const start = useCallback(
    (flow: ReactFlowInstance<StepNodeType>) => {
      const width = frame.current?.clientWidth ?? 1000;
      const fits = Math.min(1, (width - 2 * rim) / layout.size.width, (height - 2 * rim) / layout.size.height);
      const place = layout.places.get(focusOf(run.steps)?.name ?? "");
      if (fits >= readable || !place) void flow.fitView({ padding: `${rim}px`, maxZoom: 1 });
      else {
        const { size, corner } = layout;
        void flow.setViewport({
          x: offset(place.x + nodeSize.width / 2 - corner.x, size.width, width) - corner.x * close,
          y: offset(place.y + nodeSize.height / 2 - corner.y, size.height, height) - corner.y * close,
          zoom: close,
        });
      }
    },
    [layout, run.steps, height],
  );
  const labels = useMemo(
    () => ({
      "controls.ariaLabel": t("graph.controls"),
      "controls.zoomIn.ariaLabel": t("graph.zoomIn"),
      "controls.zoomOut.ariaLabel": t("graph.zoomOut"),
      "controls.fitView.ariaLabel": t("graph.fit"),
      "minimap.ariaLabel": t("graph.map"),
    }),
    [t],
  );
  return (
    <Box
      ref={frame}
      role="group"
      aria-label={t("graph.label", { count: run.steps.length })}
      sx={{
        height,
        "& .react-flow__handle": { opacity: 0, pointerEvents: "none" },
        "& .react-flow__attribution": { background: "transparent", fontSize: 10, "& a": { color: tokens.muted } },
        "& .react-flow__controls": { display: "flex", border: `1px solid ${tokens.edge}`, borderRadius: 1, overflow: "hidden", boxShadow: "none" },
        "& .react-flow__controls-button": { width: 30, height: 30, p: 0.75, border: 0, background: tokens.surface, color: tokens.text, fill: "currentColor", cursor: "pointer", "&:hover": { background: tokens.hover }, "& svg": { width: 12, height: 12 } },
        "& .react-flow__minimap": { background: tokens.surface, border: `1px solid ${tokens.border}` },
      }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onInit={start}
        minZoom={0.05}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        onlyRenderVisibleElements={nodes.length > many}
        zoomOnScroll={false}
        preventScrolling={false}
        attributionPosition="top-right"
        ariaLabelConfig={labels}
      >
        <Background color={tokens.border} gap={24} size={1} />
        <Controls showInteractive={false} orientation="horizontal" />
        {nodes.length > many ? (
          <MiniMap<StepNodeType> pannable nodeColor={({ data }) => colourOf(data.step, tokens)} maskColor={`${tokens.muted}33`} style={{ width: 132, height: 96 }} />
        ) : null}
      </ReactFlow>
    </Box>
  );
}

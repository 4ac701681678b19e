// One step in the graph of a run: its state, its name, and how long it took or is expected to take.
import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { Handle, type Node, type NodeProps, Position, useReactFlow } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Step } from "@/api/machine";
import { kindIcons, stepLook, useStepWord } from "./runTags";
import { nodeSize } from "./stepLayout";
import { useStepFigure } from "./useStepFigure";

export type StepNodeData = { step: Step; critical: boolean; open: boolean; to: string };
export type StepNodeType = Node<StepNodeData, "step">;

function sameNode(before: NodeProps<StepNodeType>, after: NodeProps<StepNodeType>): boolean {
  const [old, next] = [before.data, after.data];
  const moved = before.positionAbsoluteX !== after.positionAbsoluteX || before.positionAbsoluteY !== after.positionAbsoluteY;
  return !moved && old.step === next.step && old.critical === next.critical && old.open === next.open && old.to === next.to;
}

/** Drawn anew only when its own step changed, as an update brings all steps of a run. */
export const StepNode = memo(function StepNode({ data: { step, critical, open, to }, positionAbsoluteX: x, positionAbsoluteY: y }: NodeProps<StepNodeType>) {
  const { t } = useTranslation("workflows");
  const { tokens } = useTheme();
  const figure = useStepFigure()(step);
  const flow = useReactFlow();
  const [tone, StateIcon] = stepLook(step);
  const word = useStepWord()(step);
  const KindIcon = kindIcons[step.kind] ?? kindIcons.step;
  const colour = tone === "neutral" ? tokens.muted : tokens[tone];
  const waits = step.status === "pending" || step.status === "skipped";
  const show = () => void flow.setCenter(x + nodeSize.width / 2, y + nodeSize.height / 2, { zoom: Math.max(0.6, flow.getZoom()) });
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Box
        component={Link}
        to={to}
        replace={open}
        preventScrollReset
        aria-current={open ? "true" : undefined}
        aria-label={[step.name, word, t(`kind.${step.kind}`), figure, critical ? t("graph.critical") : ""].filter(Boolean).join(", ")}
        onFocus={(event: React.FocusEvent<HTMLElement>) => event.currentTarget.matches(":focus-visible") && show()}
        className="nodrag"
        sx={{
          ...nodeSize,
          display: "flex",
          alignItems: "center",
          gap: 1,
          px: 1.25,
          borderRadius: 1,
          textDecoration: "none",
          color: "text.primary",
          background: tokens.surface,
          border: `1px ${step.status === "skipped" ? "dashed" : "solid"} ${open ? tokens.accent : waits ? tokens.border : colour}`,
          outline: open ? `2px solid ${tokens.accent}` : undefined,
          borderLeft: `4px solid ${waits ? tokens.edge : colour}`,
          "&:hover": { background: tokens.hover },
        }}
      >
        <Box sx={{ color: colour, display: "flex" }}>
          <StateIcon size={16} strokeWidth={2} aria-hidden />
        </Box>
        <Box sx={{ minWidth: 0, flex: 1 }}>
          <Box sx={{ fontSize: 13, lineHeight: "18px", fontWeight: 600, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>{step.name}</Box>
          <Box sx={{ fontSize: 12, lineHeight: "16px", color: "text.secondary", fontVariantNumeric: "tabular-nums", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
            {step.answer && figure ? `${word} · ${figure}` : figure || word}
          </Box>
        </Box>
        {step.kind === "step" ? null : (
          <Box sx={{ color: "text.secondary", display: "flex" }}>
            <KindIcon size={14} aria-hidden />
          </Box>
        )}
      </Box>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}, sameNode);

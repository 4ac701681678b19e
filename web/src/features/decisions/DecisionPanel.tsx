// One decision in a side panel.
export default function DecisionPanel() {
  return null;
}

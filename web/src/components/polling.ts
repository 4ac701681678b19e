// How often a page asks anew for what the machine does; only while someone looks at it.
export const polling = (seconds: number) => ({ pollingInterval: seconds * 1000, skipPollingIfUnfocused: true });

// Live client: one WebSocket that says what happened since the last number it saw, and comes back after every drop.
export interface LiveEvent {
  seq: number;
  type: string;
  data: unknown;
}
export type LiveState = "connecting" | "live" | "waiting" | "off";

export interface LiveOptions {
  url: string;
  token: () => string | null;
  /** Asks for a new token, after the line refused the old one. */
  refresh: () => Promise<unknown>;
  onEvent: (event: LiveEvent) => void;
  /** The gap was too long: everything shown has to be fetched again. */
  onReset: () => void;
  onState: (state: LiveState) => void;
  open?: (url: string) => WebSocket;
  random?: () => number;
}

const firstWait = 500;
const longestWait = 20_000;
const silence = 45_000;
const badToken = 4401;

interface Incoming {
  seq?: number;
  type?: string;
  data?: unknown;
  resumed?: boolean;
}

export class LiveClient {
  private socket: WebSocket | null = null;
  private seq: number | null = null;
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    this.socket?.close(1000);
    this.socket = null;
    this.seq = null;
    this.options.onState("off");
  }

  /** Tries at once instead of waiting on, as when the network or the tab comes back. */
  wake(): void {
    if (!this.running || this.socket) return;
    clearTimeout(this.retry);
    this.tries = 0;
    this.connect();
  }

  private connect(): void {
    this.options.onState("connecting");
    const socket = (this.options.open ?? ((url) => new WebSocket(url)))(this.options.url);
    this.socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "hello", version: 1, token: this.options.token(), since: this.seq }));
      this.heard(socket);
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.heard(socket);
      this.read(socket, JSON.parse(message.data) as Incoming);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.dropped(event.code);
    };
  }

  /** A line that stays silent too long is taken for dead. */
  private heard(socket: WebSocket): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      socket.close();
      if (socket === this.socket) this.dropped(0);
    }, silence);
  }

  private read(socket: WebSocket, message: Incoming): void {
    if (message.type === "ping") {
      socket.send('{"type":"pong"}');
      return;
    }
    if (message.type === "welcome") {
      if (!message.resumed) this.seq = message.seq ?? null;
      this.tries = 0;
      this.options.onState("live");
      return;
    }
    if (message.type === "reset") {
      this.seq = message.seq ?? null;
      this.options.onReset();
      return;
    }
    if (typeof message.seq !== "number" || typeof message.type !== "string") return;
    if (this.seq !== null && message.seq <= this.seq && message.type !== "clock") return;
    this.seq = Math.max(this.seq ?? 0, message.seq);
    this.options.onEvent({ seq: message.seq, type: message.type, data: message.data });
  }

  private dropped(code: number): void {
    clearTimeout(this.watch);
    this.socket = null;
    if (!this.running) return;
    this.options.onState("waiting");
    if (code === badToken) {
      void this.options.refresh().finally(() => this.later());
      return;
    }
    this.later();
  }

  private later(): void {
    if (!this.running) return;
    const longest = Math.min(longestWait, firstWait * 2 ** this.tries);
    this.tries += 1;
    const wait = longest / 2 + (longest / 2) * (this.options.random ?? Math.random)();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), wait);
  }
}

// An address in the reader's own browser, where there is one; whoever has none sees the address anyway.
import { spawn } from "node:child_process";

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Opens an address. Nothing happens where nobody sits at a screen: in CI, without a terminal, over a bare connection. */
export function openAddress(url: string): void {
  const seen =
    process.platform === "darwin" || process.platform === "win32" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!seen || process.env.CI || !process.stdout.isTTY) return;
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program!, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

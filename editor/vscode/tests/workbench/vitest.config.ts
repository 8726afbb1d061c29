import { defineConfig } from "vitest/config";

// `npm run test:workbench`: a real workbench in a real browser. It installs code-server from npm when it is not there yet.
export default defineConfig({
  root: new URL("../../../..", import.meta.url).pathname,
  test: {
    include: ["editor/vscode/tests/workbench/*.workbench.ts"],
    globalSetup: ["editor/vscode/tests/workbench/setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    expect: { poll: { timeout: 20_000, interval: 200 } },
  },
});

import { configDefaults, defineConfig } from "vitest/config";

// Long checks (training runs, thousands of random graphs) are `*.long.test.ts` and run with `npm run test:long`.
const long = process.env.NEURO_LONG === "1";

export default defineConfig({
  resolve: { alias: { "neuro/runtime": new URL("./runtime/index.ts", import.meta.url).pathname } },
  test: {
    include: long ? ["**/*.test.ts"] : ["**/*.test.ts", "!**/*.long.test.ts"],
    exclude: [...configDefaults.exclude, "**/build/**", "**/runs/**"],
    testTimeout: long ? 1_200_000 : 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});

/** The templates in the order in which they are tried; the last one fits every kernel. */
import { attendTemplate } from "./attend.ts";
import { fewTemplate } from "./few.ts";
import { lanesTemplate } from "./lanes.ts";
import { matricesTemplate } from "./matrices.ts";
import { placesTemplate } from "./places.ts";
import { scanTemplate } from "./scan.ts";
import { scatterTemplate } from "./scatter.ts";
import { scoreTilesTemplate } from "./score-tiles.ts";
import type { Template } from "./template.ts";
import { tilesTemplate } from "./tiles.ts";
import { topTemplate } from "./top.ts";
import { wordsTemplate } from "./words.ts";

export const templates: readonly Template[] = [
  wordsTemplate,
  attendTemplate,
  scoreTilesTemplate,
  fewTemplate,
  matricesTemplate,
  tilesTemplate,
  scatterTemplate,
  scanTemplate,
  topTemplate,
  lanesTemplate,
  placesTemplate,
];

import { describe, expect, it } from "vitest";
import { costsOf } from "../../bench/src/profile/cpu-profile.ts";

function aNode(id: number, functionName: string, url: string, children: readonly number[] = []) {
  return { id, callFrame: { functionName, url, lineNumber: 4 }, children };
}

describe("the costs in a CPU profile", () => {
  it("are by function, wherever it was called from, with waiting left out", () => {
    const profile = {
      nodes: [
        aNode(1, "(root)", "", [2, 3, 5]),
        aNode(2, "(idle)", ""),
        aNode(3, "decide", "file:///home/ada/perdure/services/engine/src/domain/decide.ts", [4]),
        aNode(4, "toBinary", "file:///home/ada/perdure/node_modules/@bufbuild/protobuf/to-binary.js"),
        aNode(5, "toBinary", "file:///home/ada/perdure/node_modules/@bufbuild/protobuf/to-binary.js"),
      ],
      samples: [2, 3, 4, 5, 4],
      timeDeltas: [9_000, 1_000, 2_000, 3_000, 4_000],
    };

    expect(costsOf(profile)).toEqual([
      { what: "toBinary @bufbuild/protobuf/to-binary.js:5", selfMs: 9, totalMs: 9 },
      { what: "decide services/engine/src/domain/decide.ts:5", selfMs: 1, totalMs: 7 },
    ]);
  });

  it("are without the start of the process", () => {
    const profile = {
      nodes: [
        aNode(1, "(root)", "", [2, 4]),
        aNode(2, "asyncRunEntryPointWithESMLoader", "node:internal/modules/run_main", [3]),
        aNode(3, "parse", ""),
        aNode(4, "fold", ""),
      ],
      samples: [2, 3, 4],
      timeDeltas: [1_000, 2_000, 3_000],
    };

    expect(costsOf(profile)).toEqual([{ what: "fold", selfMs: 3, totalMs: 3 }]);
  });

  it("count a function that calls itself once in its total", () => {
    const profile = {
      nodes: [aNode(1, "(root)", "", [2]), aNode(2, "fold", "", [3]), aNode(3, "fold", "")],
      samples: [2, 3],
      timeDeltas: [1_000, 2_000],
    };

    expect(costsOf(profile)).toEqual([{ what: "fold", selfMs: 3, totalMs: 3 }]);
  });
});

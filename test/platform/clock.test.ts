import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../services/engine/src/platform/clock.ts";

const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the machine's clock", () => {
  it.each([1, 1_000, 30 * DAY_MS, 365 * DAY_MS])("calls after %d ms, not a millisecond before", (ms) => {
    const call = vi.fn<() => void>();
    systemClock.after(ms, call);

    vi.advanceTimersByTime(ms - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledOnce();
  });

  it.each([1_000, 365 * DAY_MS])("does not call after %d ms when cancelled before", (ms) => {
    const call = vi.fn<() => void>();
    const cancel = systemClock.after(ms, call);

    vi.advanceTimersByTime(ms - 1);
    cancel();
    vi.advanceTimersByTime(DAY_MS);

    expect(call).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

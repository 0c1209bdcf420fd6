import { UnavailableError } from '../lib/errors.ts'
import { type PreviewedFile, type PreviewRequest, previewFile } from './preview-file.ts'
import { type TestedSource, type TestParts, type TestRequest, testSource } from './test-source.ts'

/** Tests sources for whoever asks, a few at a time. */
export interface SourceTests {
  /**
   * @param signal aborted: whoever asked is gone
   * @throws UnavailableError `too_many_tests`, `test_timed_out`; whatever `testSource` throws
   */
  test(request: TestRequest, signal: AbortSignal): Promise<TestedSource>
  /** The same with a file that somebody hands in to look at. @throws whatever `previewFile` throws */
  preview(request: PreviewRequest, signal: AbortSignal): Promise<PreviewedFile>
}

/** Most tests at the same time: each may take a process, and much of a disk. */
const testsMax = 2
const timeMsDefault = 60_000

/** @param options.timeMs how long one test may take */
export function openSourceTests(parts: TestParts, { timeMs = timeMsDefault } = {}): SourceTests {
  let running = 0
  return {
    test: (request, signal) => inTime(signal, (ended) => testSource(parts, request, ended)),
    preview: (request, signal) => inTime(signal, (ended) => previewFile(parts, request, ended)),
  }

  async function inTime<Result>(
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (running >= testsMax)
      throw new UnavailableError(
        'too_many_tests',
        `${testsMax} lists are being tried; try again in a moment.`,
        { retryAfterMs: 5000 },
      )
    running++
    const timer = AbortSignal.timeout(timeMs)
    try {
      return await work(AbortSignal.any([signal, timer]))
    } catch (error) {
      if (!timer.aborted || signal.aborted) throw error
      throw new UnavailableError(
        'test_timed_out',
        `Fetching and reading a part of the list took more than ${Math.round(timeMs / 1000)} s; the other side is slow, or the list is hard to read. "tallyman sources run" has more time.`,
        { cause: error },
      )
    } finally {
      running--
    }
  }
}

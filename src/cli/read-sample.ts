import { readSample, type SampleQuestion } from '../analyzer/sample/read-sample.ts'
import { InvalidError } from '../lib/errors.ts'
import { defineCommand, exitCodes } from './command.ts'

/** The process that reads the beginning of a list when a source is tested; it needs no database and no secret. */
export const readSampleCommand = defineCommand({
  name: 'read-sample',
  summary: 'Read the beginning of a list, as a test of a source tells it to',
  options: {},
  positionals: {},
  isHidden: true,
  async run(_args, { io: { parent, signal } }) {
    if (parent === null)
      throw new InvalidError(
        'not_by_hand',
        'read-sample is started by other commands; use "tallyman sources test".',
      )
    const question = await parent.next()
    // Made by this program, in the process that started this one.
    if (question !== null) parent.send(await readSample(question as SampleQuestion, signal))
    // It is ended when the answer has arrived.
    await parent.next()
    return exitCodes.done
  },
})

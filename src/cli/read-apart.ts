import { answerQuestions } from '../analyzer/formats/apart/answer.ts'
import { InvalidError } from '../lib/errors.ts'
import { defineCommand, exitCodes } from './command.ts'

/**
 * The process that reads one file for a command, where it can be ended. Signals are its parent's business: a terminal
 * sends them to both.
 */
export const readApart = defineCommand({
  name: 'read-apart',
  summary: 'Read one file, as a command tells it to',
  options: {},
  positionals: {},
  isHidden: true,
  async run(_args, { io: { parent } }) {
    if (parent === null)
      throw new InvalidError('not_by_hand', 'read-apart is started by other commands; use "tallyman try".')
    await answerQuestions(parent.next, parent.send)
    return exitCodes.done
  },
})

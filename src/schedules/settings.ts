import { explained, type SettingKind } from '../lib/setting.ts'
import { parseCron } from './cron.ts'

/** Five cron fields, or `off`. */
export const scheduleOrOff: SettingKind<string> = {
  parse: (text) => (text.toLowerCase() === 'off' ? 'off' : explained(() => parseCron(text, 'UTC').text)),
}

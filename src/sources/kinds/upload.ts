import { t } from '../../lib/schema.ts'
import { connector } from './kind.ts'

/** Lists that people hand in: there is nowhere to fetch them from. */
export const upload = connector({
  name: 'upload',
  config: t.Object({}, { additionalProperties: false }),
  fileNameOf: () => 'upload',
  fetch: null,
})

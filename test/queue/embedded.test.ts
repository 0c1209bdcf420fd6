import { openEmbeddedQueue } from '../../src/queue/embedded.ts'
import { engines } from '../helpers/engines.ts'
import { silentLog } from '../helpers/open-database.ts'
import { queueContract } from './contract.ts'

for (const engine of engines)
  queueContract('the embedded queue', engine, (options) => openEmbeddedQueue({ ...options, log: silentLog }))

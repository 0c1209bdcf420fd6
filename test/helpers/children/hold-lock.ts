import { Database } from 'bun:sqlite'

// Takes the write lock of the SQLite file that is its argument, says "held" and keeps it until its standard input
// ends; then it rolls back. Spawned by tests.
const connection = new Database(Bun.argv[2]!)
connection.run('begin immediate')
console.log('held')
for await (const _ of Bun.stdin.stream()) {
  // Nothing is ever sent; the end is what counts.
}
connection.run('rollback')
connection.close()

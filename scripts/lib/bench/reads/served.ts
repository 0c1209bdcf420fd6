/** A process that listens, and says where on its standard output. */
export interface Served extends AsyncDisposable {
  origin: string
}

/** Starts it and waits until it says an address; what it says after that is read and dropped. */
export async function startServed(command: readonly string[], env: Record<string, string>): Promise<Served> {
  const child = Bun.spawn([...command], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const read = async () => {
    let text = ''
    for await (const chunk of child.stdout) {
      text = (text + new TextDecoder().decode(chunk)).slice(-10_000)
      const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (origin !== undefined) resolve(origin)
    }
    reject(new Error(`${command.join(' ')} ended before it listened.`))
  }
  read().catch(reject)
  return {
    origin: await promise,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await child.exited
    },
  }
}

import { UnavailableError } from '../lib/errors.ts'
import { foldedPassword } from './password-rules.ts'

/**
 * OWASP's first choice for argon2id: 19 MiB, two passes, one lane. Measured: 58 ms of one core; 46 MiB and one pass
 * 69 ms. Passwords that were hashed otherwise are hashed anew when their owner signs in.
 */
const parameters = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
const currentHash = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/

/** How many are worked on at once: each takes a core and 19 MiB. */
const atOnceMax = 2
/** How many may wait: about a second and a half on one core. */
const waitingMax = 24

/** Hashes passwords and compares them, a few at a time, so that signing in never takes the machine from all else. */
export interface Passwords {
  /** In PHC's format. @throws UnavailableError `sign_in_busy` */
  hash(password: string): Promise<string>
  /**
   * Whether a password is the one that was hashed.
   * @param hash null: there is no such user, which takes as long to say
   * @throws UnavailableError `sign_in_busy`
   */
  verify(password: string, hash: string | null): Promise<boolean>
  /** Whether a hash was made with other parameters than today's. */
  isOutdated(hash: string): boolean
}

/** Opens it; nothing is taken before it is used. */
export function openPasswords(): Passwords {
  const turn = openTurns()
  let nobody: Promise<string> | null = null
  const hashed = (password: string) => Bun.password.hash(foldedPassword(password), parameters)
  return {
    hash: (password) => turn(() => hashed(password)),
    verify: (password, hash) =>
      turn(async () => {
        // Made once: of random bytes, so that no password fits.
        nobody ??= hashed(Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex'))
        const isRight = await Bun.password.verify(foldedPassword(password), hash ?? (await nobody))
        return isRight && hash !== null
      }),
    isOutdated: (hash) => !currentHash.test(hash),
  }
}

/** Lets a few pieces of work run at once, in the order they came, and turns away what would wait too long. */
function openTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running < atOnceMax) running++
    else {
      if (waiting.length >= waitingMax)
        throw new UnavailableError('sign_in_busy', 'Too many people sign in at this moment; try again.', {
          retryAfterMs: 2000,
        })
      // Whoever ends hands the place on.
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

import { limitedAddress } from '../auth/address.ts'
import type { Who } from '../auth/who.ts'
import { UnavailableError } from '../lib/errors.ts'

/** What many want at once, and few may have. */
export interface Places {
  /**
   * Takes a place, and gives what leaves it again, once, however often it is called.
   * @throws UnavailableError `too_many_of_yours` (429); what `inAll.refusal` says when all are taken
   */
  take(request: Request): () => void
}

export interface PlacesParts {
  who: Pick<Who, 'of' | 'origin'>
  /** Most that one user has, with all their tokens; one address where nobody has to sign in. */
  perAsker: number
  /** Most that all have together; null: somebody else counts those. */
  inAll: { max: number; refusal(): UnavailableError } | null
  /** What is counted, as a sentence goes on: "exports". */
  what: string
}

const retryAfterMs = 5000

/** Counts by whoever asks, so that one who takes nothing of what they asked for keeps nobody else from it. */
export function openPlaces({ who, perAsker, inAll, what }: PlacesParts): Places {
  const taken = new Map<string, number>()
  let all = 0
  return {
    take(request) {
      const asker = who.of(request).id ?? limitedAddress(who.origin(request).address)
      const own = taken.get(asker) ?? 0
      if (own >= perAsker)
        throw new UnavailableError(
          'too_many_of_yours',
          `${perAsker} ${what} of yours are under way; try again when one is done.`,
          { retryAfterMs },
        )
      if (inAll !== null && all >= inAll.max) throw inAll.refusal()
      taken.set(asker, own + 1)
      all++
      let isLeft = false
      return () => {
        if (isLeft) return
        isLeft = true
        all--
        const left = (taken.get(asker) ?? 0) - 1
        if (left > 0) taken.set(asker, left)
        else taken.delete(asker)
      }
    },
  }
}

import { useState } from 'react'
import { useToast } from '../ui/toast.tsx'
import { useApi } from './context.tsx'
import { fileNameIn } from './file-name.ts'

/** Long enough for a browser that asks first where the file is to go. */
const keptMs = 60_000

export interface Download {
  /** Saves what an address of the service gives. What goes wrong is said. */
  save(address: string): void
  /** It is being taken. */
  isBusy: boolean
}

/**
 * Saves files of the service.
 *
 * They are asked for here and handed to the browser whole; it keeps what is large on its disk. With a link of its own
 * (`<a download>`) it shows whatever is refused (nothing to save any more, signed out, too many at once) as a download
 * that was "canceled", says no more, and can send no token.
 */
export function useDownload(): Download {
  const api = useApi()
  const toast = useToast()
  const [isBusy, setBusy] = useState(false)
  const save = async (address: string) => {
    setBusy(true)
    try {
      const response = await api.send(address)
      const name = fileNameIn(response.headers.get('content-disposition'))
      handOver(await response.blob(), name ?? 'download')
    } catch (error) {
      // What broke off on the way is no answer of the service.
      toast.bad(error instanceof TypeError ? 'The file broke off; try again.' : asError(error))
    } finally {
      setBusy(false)
    }
  }
  return { save: (address) => void save(address), isBusy }
}

/** Has the browser save a file that is here already. */
export function handOver(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), keptMs)
}

const asError = (error: unknown) => (error instanceof Error ? error : String(error))

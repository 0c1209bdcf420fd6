import { useEffect, useRef, useState } from 'react'

/**
 * Takes a file that is dropped anywhere: beside the place that is meant for it a browser would open it, and the page
 * would be gone.
 * @returns whether one is being held over the page
 */
export function useFileDrop(onFile: (file: File) => void): boolean {
  const [isOver, setOver] = useState(false)
  const take = useRef(onFile)
  useEffect(() => {
    take.current = onFile
  })
  useEffect(() => {
    const leaving = new AbortController()
    const listen = (type: 'dragover' | 'dragleave' | 'drop', heed: (event: DragEvent) => void) =>
      window.addEventListener(type, heed, { signal: leaving.signal })
    listen('dragover', (event) => {
      // Texts can still be dragged into fields.
      if (event.dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      setOver(true)
    })
    // It is told of every element that is passed, too.
    listen('dragleave', ({ relatedTarget }) => relatedTarget === null && setOver(false))
    listen('drop', (event) => {
      const file = event.dataTransfer?.files[0]
      if (file === undefined) return
      event.preventDefault()
      setOver(false)
      take.current(file)
    })
    return () => leaving.abort()
  }, [])
  return isOver
}

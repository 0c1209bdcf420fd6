import { useEffect, useRef, useState } from 'react'

/** So long a page has to say its name. */
const settleMs = 300

/**
 * Tells readers of the screen which page they have come to: the address changes without the page being loaded, so the
 * browser does not. Focus that went with the page before goes to where the new one begins.
 * @param begins the id of the element in which pages are shown
 */
export function AnnouncedPage({ path, begins }: { path: string; begins: string }) {
  const [name, setName] = useState('')
  const first = useRef(path)
  useEffect(() => {
    if (first.current === path) return
    first.current = ''
    const timer = setTimeout(() => {
      setName(document.title.replace(/ · [^·]*$/, ''))
      const { activeElement: active } = document
      if (active === null || active === document.body) document.getElementById(begins)?.focus()
    }, settleMs)
    return () => clearTimeout(timer)
  }, [path, begins])
  return (
    <p role="status" className="sr-only">
      {name}
    </p>
  )
}

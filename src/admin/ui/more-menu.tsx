import type { ReactNode } from 'react'
import { copyText } from './copy.tsx'
import { Menu, MenuItem } from './menu.tsx'
import { useToast } from './toast.tsx'

/** What else can be done on a page, and the request behind the page as a command line. @param children MenuItem */
export function MoreMenu({ curl, children }: { curl: string; children?: ReactNode }) {
  return (
    <Menu label="More" icon="more" isIconOnly>
      {children}
      <CurlItem curl={curl} />
    </Menu>
  )
}

/** Copies a request as a command line. */
export function CurlItem({ curl }: { curl: string }) {
  const toast = useToast()
  const copy = async () => {
    if (await copyText(curl)) toast.good('Copied as curl.')
    else toast.bad('The browser does not let this page copy.')
  }
  return (
    <MenuItem icon="code" onChoose={() => void copy()}>
      Copy as curl
    </MenuItem>
  )
}

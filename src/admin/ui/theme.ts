import { useState } from 'react'
import { themeKey } from '../page.ts'

export type Theme = 'system' | 'light' | 'dark'

/** Light or dark: as the system has it, unless somebody chose; that is remembered in this browser. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = document.documentElement.dataset.theme
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
  })
  return [
    theme,
    (next) => {
      setTheme(next)
      if (next === 'system') delete document.documentElement.dataset.theme
      else document.documentElement.dataset.theme = next
      try {
        if (next === 'system') localStorage.removeItem(themeKey)
        else localStorage.setItem(themeKey, next)
      } catch {
        // It holds until the page is loaded anew.
      }
    },
  ]
}

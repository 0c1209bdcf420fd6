import type { ReactNode } from 'react'
import { Link as RouteLink } from 'wouter'
import { type ButtonLook, buttonClasses } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

/** A way to another page of ours. */
export function Link({ href, children }: { href: string; children: ReactNode }) {
  return (
    <RouteLink
      href={href}
      className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
    >
      {children}
    </RouteLink>
  )
}

/** A way to another page that looks like a button. */
export function ButtonLink({
  href,
  look = 'plain',
  size = 'md',
  icon,
  children,
}: {
  href: string
  look?: ButtonLook
  size?: 'md' | 'sm'
  icon?: IconName
  children: ReactNode
}) {
  return (
    <RouteLink href={href} className={buttonClasses(look, size)}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </RouteLink>
  )
}

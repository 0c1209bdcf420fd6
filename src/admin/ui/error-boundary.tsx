import { Component, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { ErrorState } from './error-state.tsx'

/** A fault of a page stays its own: the rest can still be used. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <div className="space-y-4">
        <ErrorState error={error} onRetry={() => this.setState({ error: null })} />
        <Button icon="retry" onClick={() => location.reload()}>
          Load the page anew
        </Button>
      </div>
    )
  }
}

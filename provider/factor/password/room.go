package password

import "context"

// Room answers *Busy where Check would at once: before a guess is counted, so that whoever is sent away costs no write. It
// takes no place; a moment later there may be none.
func (h *Hasher) Room(ctx context.Context) error {
	if h.gate.full(hasPriority(ctx)) {
		return busy()
	}
	return nil
}

// full reports whether there is no place in the queue.
func (g *Gate) full(priority bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running < g.config.Limit {
		return false
	}
	waiting := len(g.priority) + len(g.ordinary)
	return waiting >= g.config.Queue || !priority && len(g.ordinary) >= g.config.Queue-g.config.Reserved
}

package pdf

import "slices"

// paint notes what is drawn beside letters, and in what colour.
// iso32000-2:8.5.3 8.6.8
func (in *interpreter) paint(op string) {
	switch op {
	case "g", "rg", "k", "cs", "sc", "scn":
		in.state.white = in.white(op)
	case "S", "s":
		in.painted = true
	case "f", "F", "f*", "B", "B*", "b", "b*", "sh":
		in.painted, in.ground = true, in.ground || op == "sh" || !in.state.white
	}
}

// white says that an operator makes white what is filled from now on. A single
// component of sc tells nothing: of a separation 1 is the full ink.
// iso32000-2:8.6.8
func (in *interpreter) white(op string) bool {
	all := func(n int, want float64) bool {
		return len(in.args) == n && !slices.ContainsFunc(in.args, func(o Object) bool {
			v, ok := Number(o)
			return !ok || v != want
		})
	}
	switch op {
	case "g":
		return all(1, 1)
	case "cs": // begins with black
		return false
	}
	return all(3, 1) || all(4, 0)
}

// unseen says that letters are not seen now: neither filled nor drawn round, or
// filled in white where nothing was filled before. What the page has below is
// not looked at.
func (in *interpreter) unseen() bool {
	switch in.state.mode {
	case 3, 7:
		return true
	case 0, 4:
		return in.state.white && !in.ground
	}
	return false
}

package torture

import (
	"maps"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
)

// errs changes single answers of a good history into those of a hub that errs,
// and asks the good history of a model with other rules: none must pass.
func errs(t *testing.T, good []porcupine.Operation) {
	for name, change := range mistakes {
		ops, found := changed(good, change)
		if !found {
			t.Errorf("a hub that %s: the history has nothing of the kind", name)
		} else if got := linearizable(ops, ended...); got != porcupine.Illegal {
			t.Errorf("a hub that %s: %v", name, got)
		}
	}
	if got := linearizable(good); got != porcupine.Illegal {
		t.Errorf("a model in which nothing may be sent anew: %v", got)
	}
}

// changed is a history in which the last answer that can be is another one.
func changed(good []porcupine.Operation, change func(op, *told) bool) (ops []porcupine.Operation, found bool) {
	ops = slices.Clone(good)
	for i, o := range slices.Backward(ops) {
		out := o.Output.(told)
		out.list, out.states = slices.Clone(out.list), maps.Clone(out.states)
		if change(o.Input.(asked).op, &out) {
			ops[i].Output = out
			return ops, true
		}
	}
	return nil, false
}

var mistakes = map[string]func(o op, out *told) bool{
	"takes a document twice": func(o op, out *told) bool {
		was := out.duplicate
		out.duplicate = false
		return o == submit && was
	},
	"loses a document": func(o op, out *told) bool {
		was := out.duplicate
		out.duplicate = true
		return o == submit && !was
	},
	"hands out in another order": func(o op, out *told) bool {
		slices.Reverse(out.list)
		return len(out.list) > 1
	},
	"hands out twice": func(o op, out *told) bool {
		if len(out.list) == 0 {
			return false
		}
		out.list = append(out.list, out.list[0])
		return true
	},
	"lets a state go back": func(o op, out *told) bool {
		for p, state := range out.states {
			if state != "sent" {
				out.states[p] = "sent"
				return true
			}
		}
		return false
	},
	"shows a packet late": func(o op, out *told) bool {
		for p := range out.states {
			delete(out.states, p)
			return true
		}
		return false
	},
}

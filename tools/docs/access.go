package main

import (
	"fmt"
	"strings"

	"vanthu/internal/access"
	"vanthu/law"
)

// accessPage is the policy table as a chief of office can read it.
func accessPage() string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\n")
	fmt.Fprintf(&b, generated, "internal/access/rules.go")
	b.WriteString(`A *relation* is who somebody is to one document. Relations are rows that the acts grant: registering a document makes the
clerks its registrars, a direction makes somebody its lead. A *role* counts only where there is no document yet. Whoever may
not see a document gets the same answer as if there were none.

| Act | In Vietnamese | Relation to the document | Role, where there is no document | Rests on |
|---|---|---|---|---|
`)
	for _, p := range access.Rules {
		var relations, roles, cite []string
		for _, r := range p.Relations {
			relations = append(relations, string(r))
		}
		for _, r := range p.Roles {
			roles = append(roles, r.String())
		}
		for _, r := range p.Cite {
			cite = append(cite, fmt.Sprintf("%s (%s)", r, law.Ref(r).Title()))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", p.Action, p.Name, list(relations), list(roles), list(cite))
	}
	return b.String()
}

func list(s []string) string {
	if len(s) == 0 {
		return "–"
	}
	return strings.Join(s, ", ")
}

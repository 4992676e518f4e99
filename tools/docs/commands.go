package main

import (
	"fmt"
	"go/ast"
	"reflect"
	"strings"
	"unicode"

	"vanthu/internal/check"
)

// commandsPage reads the commands from the structs that the command line is
// parsed into: a field is a flag, its tag the help that the program prints.
func commandsPage(t *check.Tree) string {
	structs := map[string]*ast.StructType{}
	docs := map[string]string{}
	for _, g := range t.Go {
		if g.Dir != "internal/cli" || g.Test {
			continue
		}
		for _, d := range g.AST.Decls {
			switch x := d.(type) {
			case *ast.GenDecl:
				for _, s := range x.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok {
						if st, ok := ts.Type.(*ast.StructType); ok {
							structs[ts.Name.Name] = st
						}
					}
				}
			case *ast.FuncDecl:
				if x.Name.Name == "Run" && x.Recv != nil {
					docs[typeName(x.Recv.List[0].Type)] = sentence("Run", x.Doc.Text())
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("# Commands\n\n")
	fmt.Fprintf(&b, generated, "internal/cli")
	b.WriteString("`vanthu <command> --help` prints the same. Every flag may be given as an environment variable instead:\n`--data` as `VANTHU_DATA`. There is no configuration file.\n")
	root := structs["commands"]
	if root == nil {
		return b.String()
	}
	writeCommands(&b, "vanthu", root, structs, docs)
	return b.String()
}

// writeCommands writes the commands of a struct, and theirs below them.
func writeCommands(b *strings.Builder, above string, of *ast.StructType, structs map[string]*ast.StructType, docs map[string]string) {
	for _, f := range of.Fields.List {
		if _, is := tag(f).Lookup("cmd"); !is || len(f.Names) == 0 {
			continue
		}
		name, typ := above+" "+dashed(f.Names[0].Name), typeName(f.Type)
		s := structs[typ]
		if s == nil {
			continue
		}
		fmt.Fprintf(b, "\n## %s\n\n%s", name, tag(f).Get("help"))
		if d := docs[typ]; d != "" {
			fmt.Fprintf(b, " (%s.)", d)
		}
		b.WriteString("\n")
		if t := flagTable(flagsOf(s, structs)); t != "" {
			b.WriteString("\n" + t)
		}
		writeCommands(b, name, s, structs, docs)
	}
}

type flag struct{ name, value, help string }

func flagsOf(s *ast.StructType, all map[string]*ast.StructType) (out []flag) {
	if s == nil {
		return nil
	}
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 { // flags that several commands share
			out = append(out, flagsOf(all[typeName(f.Type)], all)...)
			continue
		}
		t := tag(f)
		if _, isCommand := t.Lookup("cmd"); isCommand {
			continue
		}
		if _, isArg := t.Lookup("arg"); isArg {
			out = append(out, flag{"`" + strings.ToUpper(f.Names[0].Name) + "`", "required", t.Get("help")})
			continue
		}
		if !f.Names[0].IsExported() {
			continue
		}
		value := "–"
		if d := t.Get("default"); d != "" {
			value = "`" + d + "`"
		}
		if _, must := t.Lookup("required"); must {
			value = "required"
		}
		name := dashed(f.Names[0].Name)
		if _, both := t.Lookup("negatable"); both {
			name = "[no-]" + name
		}
		out = append(out, flag{"`--" + name + "`", value, t.Get("help")})
	}
	return out
}

func flagTable(flags []flag) string {
	if len(flags) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| Flag | Default | Meaning |\n|---|---|---|\n")
	for _, f := range flags {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.name, f.value, f.help)
	}
	return b.String()
}

func tag(f *ast.Field) reflect.StructTag {
	if f.Tag == nil {
		return ""
	}
	return reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
}

func typeName(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// dashed writes a field's name as kong does: TSA → tsa, HubURL → hub-url.
func dashed(name string) string {
	var b strings.Builder
	r := []rune(name)
	for i, c := range r {
		if i > 0 && unicode.IsUpper(c) && (unicode.IsLower(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

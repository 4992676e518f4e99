// Package powertest cuts the power of a process (mất điện), as often as one
// likes from one recording of it.
//
// The process and those that it starts run under strace, which writes down what
// they did to their files and what they told others. Play then does the same to a disk in memory that knows
// what POSIX promises and no more: bytes of a file are safe when a later fsync
// of that file came back, names in a directory when an fsync of the directory
// did. At any moment After writes out what a power cut could leave: what is
// safe, and of the rest nothing, or a part with the last write torn, or any
// sectors in any order. What was told before that moment must be true of it.
//
//	cmd := exec.Command("strace", powertest.Strace(log, "vanthu", "hub", "serve")...)
//	tape, err := powertest.Read(log)
//	tape.Play(before, cuts, func(d *powertest.Disk, told []string) { d.After(seed, dir); … })
//
// Not covered: memory-mapped writes (a file that is mapped to be written comes
// back as noise; SQLite's -shm is the only one), disks that lie about fsync.
package powertest

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Disk is a disk in memory, with what is safe on it and what is on its way.
type Disk struct {
	root  *node
	base  string // the directory that root is
	procs map[string]*process
	from  map[string]origin
	syncs map[string]int // by thread, what the sync that goes on covers
	clock int            // counts changes
	told  []string
}

// process is what threads have in common.
type process struct {
	open map[string]*handle
	cwd  string
}

// process is that of a thread; one not seen before goes on with what it has from
// where it comes.
func (d *Disk) process(pid string) *process {
	p := d.procs[pid]
	if p == nil {
		p = &process{open: map[string]*handle{}}
		if o, ok := d.from[pid]; ok {
			parent := d.process(o.pid)
			p.open, p.cwd = maps.Clone(parent.open), parent.cwd
			if o.files {
				p = parent
			}
		}
		d.procs[pid] = p
	}
	return p
}

type handle struct {
	path string
	node *node // nil outside base
	at   int64
}

// node is a file or a directory.
type node struct {
	dir    bool
	names  map[string]*node // as the process sees them
	kept   map[string]*node // safe
	data   []byte           // safe
	size   int64            // as the process sees it
	wait   []change         // on its way, in order
	mapped bool
}

// change is a write, a truncation, or a name given (node) or taken away.
type change struct {
	when int
	at   int64
	data []byte
	cut  bool // to at bytes
	name string
	node *node
}

func newNode(dir bool) *node {
	return &node{dir: dir, names: map[string]*node{}, kept: map[string]*node{}}
}

// Load takes a directory as it is for a disk on which all of it is safe. The
// process will know it by the same path.
func Load(base string) (*Disk, error) {
	d := &Disk{base: filepath.Clean(base), root: newNode(true), procs: map[string]*process{}, syncs: map[string]int{}}
	err := filepath.WalkDir(base, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == base {
			return err
		}
		n := newNode(e.IsDir())
		if !e.IsDir() {
			if n.data, err = os.ReadFile(path); err != nil {
				return err
			}
			n.size = int64(len(n.data))
		}
		up, name := d.parent(path)
		up.names[name], up.kept[name] = n, n
		return nil
	})
	return d, err
}

// find gives the node of a path; nil when it is not there or outside.
func (d *Disk) find(path string) *node {
	rel, err := filepath.Rel(d.base, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return nil
	}
	n := d.root
	for _, name := range strings.Split(rel, "/") {
		if name != "." && n != nil {
			n = n.names[name]
		}
	}
	return n
}

func (d *Disk) parent(path string) (*node, string) {
	return d.find(filepath.Dir(path)), filepath.Base(path)
}

// Play does what the process did, on the disk as it was before, and stops at
// each of the moments, in order, for a look.
func (t *Tape) Play(d *Disk, moments []int, look func(moment int, d *Disk, told []string)) {
	moments = slices.Sorted(slices.Values(moments))
	d.from = t.from
	for i, s := range t.steps {
		for len(moments) > 0 && moments[0] <= i {
			look(moments[0], d, d.told)
			moments = moments[1:]
		}
		d.do(s)
	}
	for _, m := range moments {
		look(m, d, d.told)
	}
}

func (d *Disk) do(s step) {
	if s.begin {
		d.begin(s)
		return
	}
	if s.result < 0 {
		return
	}
	p := d.process(s.pid)
	switch s.name {
	case "open", "openat":
		d.openAt(p, s)
	case "chdir":
		p.cwd = p.path(s)
	case "execve":
		p.open = map[string]*handle{} // nobody hands files of ours on
	case "close": // at its beginning
	case "fsync", "fdatasync":
		d.sync(s)
	case "rename", "renameat", "renameat2", "link", "linkat":
		d.rename(p, s)
	case "unlink", "rmdir", "unlinkat":
		d.name(p.path(s), nil)
	case "mkdir", "mkdirat":
		d.name(p.path(s), newNode(true))
	case "mmap":
		if h := p.open[s.args[4]]; h != nil && h.node != nil && strings.Contains(s.args[2], "PROT_WRITE") && strings.Contains(s.args[3], "MAP_SHARED") {
			h.node.mapped = true
		}
	default:
		d.write(p, s)
	}
}

// begin notes what leaves the process, and what a sync will cover.
func (d *Disk) begin(s step) {
	p := d.process(s.pid)
	switch s.name {
	case "close": // before it comes back another thread may have the number again
		delete(p.open, s.args[0])
	case "fsync", "fdatasync":
		d.syncs[s.pid] = d.clock
	case "write":
		if h := p.open[s.args[0]]; h == nil || h.node == nil {
			d.told = append(d.told, s.args[1])
		}
	}
}

// path is the first path that a call names.
func (p *process) path(s step) string {
	if isAt(s.name) {
		return p.below(s.args[0], s.args[1])
	}
	return p.below("", s.args[0])
}

// isAt says whether a call names directories before paths.
func isAt(name string) bool { return strings.HasSuffix(strings.TrimSuffix(name, "2"), "at") }

// below is a path from an open directory, or from where the process is.
func (p *process) below(dir, path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	if h := p.open[dir]; h != nil {
		return filepath.Join(h.path, path)
	}
	return filepath.Join(p.cwd, path)
}

func (d *Disk) openAt(p *process, s step) {
	args := s.args
	path, flags := p.path(s), args[len(args)-1]
	if !strings.HasPrefix(flags, "O_") {
		flags = args[len(args)-2]
	}
	n := d.find(path)
	if up, name := d.parent(path); n == nil && up != nil && strings.Contains(flags, "O_CREAT") {
		n = newNode(false)
		d.clock++
		up.names[name] = n
		up.wait = append(up.wait, change{when: d.clock, name: name, node: n})
	}
	h := &handle{path: path, node: n}
	if n != nil && strings.Contains(flags, "O_TRUNC") && n.size > 0 {
		d.change(n, change{cut: true})
	}
	if n != nil && strings.Contains(flags, "O_APPEND") {
		h.at = n.size
	}
	p.open[strconv.FormatInt(s.result, 10)] = h
}

func (d *Disk) change(n *node, c change) {
	d.clock++
	c.when = d.clock
	n.wait = append(n.wait, c)
	if c.cut {
		n.size = c.at
	} else {
		n.size = max(n.size, c.at+int64(len(c.data)))
	}
}

func (d *Disk) write(p *process, s step) {
	h := p.open[s.args[0]]
	if h == nil || h.node == nil {
		return
	}
	switch s.name {
	case "lseek":
		h.at = s.result
	case "write":
		d.change(h.node, change{at: h.at, data: []byte(s.args[1][:s.result])})
		h.at += s.result
	case "pwrite64":
		at, _ := strconv.ParseInt(s.args[3], 10, 64)
		d.change(h.node, change{at: at, data: []byte(s.args[1][:s.result])})
	case "pwritev":
		at, _ := strconv.ParseInt(s.args[3], 10, 64)
		d.change(h.node, change{at: at, data: []byte(parts(s.args[1])[:s.result])})
	case "ftruncate":
		at, _ := strconv.ParseInt(s.args[1], 10, 64)
		d.change(h.node, change{cut: true, at: at})
	default:
		panic("powertest: a call that is not understood: " + s.name)
	}
}

// name gives a node a name in its directory, or takes the name away.
func (d *Disk) name(path string, n *node) {
	up, name := d.parent(path)
	if up == nil {
		return
	}
	d.clock++
	up.wait = append(up.wait, change{when: d.clock, name: name, node: n})
	if n == nil {
		delete(up.names, name)
	} else {
		up.names[name] = n
	}
}

func (d *Disk) rename(p *process, s step) {
	from, to := p.path(s), ""
	if isAt(s.name) {
		to = p.below(s.args[2], s.args[3])
	} else {
		to = p.below("", s.args[1])
	}
	d.name(to, d.find(from))
	if !strings.HasPrefix(s.name, "link") {
		d.name(from, nil)
	}
}

// sync makes safe what was on its way when the sync began.
func (d *Disk) sync(s step) {
	h := d.process(s.pid).open[s.args[0]]
	if h == nil || h.node == nil {
		return
	}
	n, covered := h.node, d.syncs[s.pid]
	for len(n.wait) > 0 && n.wait[0].when <= covered {
		n.data = n.wait[0].apply(n.data, n.kept)
		n.wait = n.wait[1:]
	}
}

// apply does a change to the bytes or the names of a node.
func (c change) apply(data []byte, names map[string]*node) []byte {
	switch {
	case c.name != "" && c.node == nil:
		delete(names, c.name)
	case c.name != "":
		names[c.name] = c.node
	case c.cut && c.at <= int64(len(data)):
		return data[:c.at:c.at]
	default:
		if end := c.at + int64(len(c.data)); end > int64(len(data)) {
			data = append(data, make([]byte, end-int64(len(data)))...)
		}
		copy(data[c.at:], c.data)
	}
	return data
}

// sector is what a disk writes whole or not at all.
const sector = 512

// After writes to an empty directory what a power cut could leave.
func (d *Disk) After(r *rand.Rand, dir string) error {
	return d.root.after(r, r.IntN(3), dir)
}

// The ways to lose what was not safe.
const (
	loseAll = iota
	loseEnd
	loseAny
)

func (n *node) after(r *rand.Rand, way int, path string) error {
	if !n.dir {
		data := n.survivors(r, way)
		if n.mapped {
			data = make([]byte, n.size)
			for i := range data {
				data[i] = byte(r.Uint32())
			}
		}
		return os.WriteFile(path, data, 0o600)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	names := maps.Clone(n.kept)
	// Names reach the disk in order, up to some point.
	if way != loseAll {
		for _, c := range n.wait[:r.IntN(len(n.wait)+1)] {
			c.apply(nil, names)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if err := names[name].after(r, way, filepath.Join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) survivors(r *rand.Rand, way int) []byte {
	data := slices.Clone(n.data)
	switch way {
	case loseEnd:
		k := r.IntN(len(n.wait) + 1)
		for _, c := range n.wait[:k] {
			data = c.apply(data, nil)
		}
		if k < len(n.wait) && len(n.wait[k].data) > 0 { // torn
			c := n.wait[k]
			c.data = c.data[:r.IntN(len(c.data)/sector+1)*sector]
			data = c.apply(data, nil)
		}
	case loseAny:
		for _, c := range n.wait {
			for _, part := range c.sectors() {
				if r.IntN(2) == 0 {
					data = part.apply(data, nil)
				}
			}
		}
	}
	return data
}

// sectors takes a write apart.
func (c change) sectors() (out []change) {
	if c.cut {
		return []change{c}
	}
	for at := 0; at < len(c.data); at += sector {
		out = append(out, change{at: c.at + int64(at), data: c.data[at:min(at+sector, len(c.data))]})
	}
	return out
}

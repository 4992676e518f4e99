// Command bench measures the hub against others in the same run: Postfix and
// NATS on the same machine, and a bare server that does only what cannot be
// left out. It is a module of its own, so that the product does not depend on
// what it is compared with.
//
//	go run . [-short] [-only B1,B4] [-engine sqlite,postgres] [-profiles dir] [-record]
//
// Each measurement is one line with its ratio last; doc/benchmarks.md explains
// them. Hub, PostgreSQL and the others run as processes of their own on
// loopback, in temporary directories, and end with the run. Rounds of the two
// sides alternate, so that what else the machine does falls on both. Where the
// disk matters a second pass lets every fsync and fdatasync return 2 ms later
// (strace's fault injection, the same for everybody) and counts them.
package main

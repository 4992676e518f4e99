// Package stories holds the acceptance stories of the product (kịch bản nghiệm
// thu): what people of the fictional province do in the browser and must then
// see, each file a fresh world, in the words of doc/stories.md.
//
// The numbered stories walk the whole job in its order, from a draft to the
// answer that comes back and what may go wrong on the way; the others belong to
// one feature each and are named after its page. The first line of a story
// names the clauses it proves.
//
//	go test ./internal/web/story               all of them
//	go test ./internal/web/story -run '/^0[1-4]'
//	go run ./tools/story internal/web/story/01-soan-trinh-tra-lai.story
package stories

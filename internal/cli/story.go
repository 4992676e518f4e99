package cli

import (
	"context"

	"vanthu/internal/demo"
	"vanthu/internal/story"
)

// StoryWorld is a fresh province for one story, with its month, in dir; the
// function it returns ends it.
func StoryWorld(ctx context.Context, dir string) (story.World, func(), error) {
	return StoryWorldOn(ctx, dir, "")
}

// StoryWorldOn is StoryWorld with its stores in a PostgreSQL database; files
// and keys are in dir all the same. "" keeps the stores in dir too.
func StoryWorldOn(ctx context.Context, dir, postgres string) (story.World, func(), error) {
	p, err := StartProvince(ctx, ProvinceOptions{Still: true, Options: demo.Options{Dir: dir, Postgres: postgres, Month: true}})
	if err != nil {
		return nil, nil, err
	}
	return p, p.Close, nil
}

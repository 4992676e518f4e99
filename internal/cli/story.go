package cli

import (
	"context"

	"vanthu/internal/demo"
	"vanthu/internal/story"
)

// StoryWorld is a fresh province for one story, with its month, in dir; the
// function it returns ends it.
func StoryWorld(ctx context.Context, dir string) (story.World, func(), error) {
	return StoryWorldOn(ctx, demo.Options{Dir: dir})
}

// StoryWorldOn is StoryWorld with its stores in a PostgreSQL database, or at
// certain addresses; files and keys are in the directory all the same.
func StoryWorldOn(ctx context.Context, o demo.Options) (story.World, func(), error) {
	o.Month = true
	p, err := StartProvince(ctx, ProvinceOptions{Still: true, Options: o})
	if err != nil {
		return nil, nil, err
	}
	return p, p.Close, nil
}

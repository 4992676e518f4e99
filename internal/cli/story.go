package cli

import (
	"context"
	"os"

	"vanthu/internal/demo"
	"vanthu/internal/story"
)

type storyCmd struct {
	Files []string `arg:"" help:"Tệp kịch bản." type:"existingfile"`
}

// Run runs each story in a fresh province; exit status 1 when one fails.
func (c *storyCmd) Run(ctx context.Context) error {
	failed := false
	for _, f := range c.Files {
		dir, err := os.MkdirTemp("", "vanthu-story")
		if err != nil {
			return err
		}
		w, stop, err := StoryWorld(ctx, dir)
		if err != nil {
			os.RemoveAll(dir)
			return err
		}
		r := story.Run(ctx, w, f)
		r.Print(os.Stdout)
		failed = failed || !r.OK()
		stop()
		os.RemoveAll(dir)
	}
	if failed {
		return exit(1)
	}
	return nil
}

// StoryWorld is a fresh province for one story, with its month, in dir.
func StoryWorld(ctx context.Context, dir string) (story.World, func(), error) {
	p, err := StartProvince(ctx, ProvinceOptions{Still: true, Options: demo.Options{Dir: dir, Month: true}})
	if err != nil {
		return nil, nil, err
	}
	return p, p.Close, nil
}

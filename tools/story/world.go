package main

import "vanthu/internal/cli"

// startWorld makes the world of one story in dir; the function it returns ends it.
var startWorld = cli.StoryWorld

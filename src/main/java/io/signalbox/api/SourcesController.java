package io.signalbox.api;

import io.signalbox.set.SourceBoard;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where SETs come from, and how that goes. */
@RestController
@RequestMapping("/api/sources")
class SourcesController {

    private final SourceBoard board;

    SourcesController(SourceBoard board) {
        this.board = board;
    }

    @GetMapping
    ListView<SourceView> list(@RequestParam MultiValueMap<String, String> query) {
        Parameters.none(query);
        return new ListView<>(board.standings().stream().map(SourceView::of).toList(), null);
    }

    @GetMapping("/{name}")
    SourceView one(@PathVariable String name) {
        return board.standings().stream()
                .filter(standing -> standing.name().equals(name))
                .map(SourceView::of)
                .findFirst()
                .orElseThrow(() -> Problems.notConfigured("source", name));
    }
}

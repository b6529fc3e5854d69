package io.signalbox.testing;

import io.signalbox.store.ScimImages;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What watchers of one test remember. */
public final class InMemoryScimImages implements ScimImages {

    private final Map<String, TreeMap<String, Image>> images = new HashMap<>();
    private final Map<String, Progress> progress = new HashMap<>();

    private TreeMap<String, Image> of(String source) {
        return images.computeIfAbsent(source, name -> new TreeMap<>());
    }

    @Override
    public synchronized Map<String, Image> find(String source, Collection<String> ids) {
        Map<String, Image> found = new HashMap<>(of(source));
        found.keySet().retainAll(ids);
        return found;
    }

    @Override
    public synchronized void keep(String source, Collection<Image> kept) {
        kept.forEach(image -> of(source).put(image.id(), image));
    }

    @Override
    public synchronized void forget(String source, String id) {
        of(source).remove(id);
    }

    @Override
    public synchronized List<Image> unseen(String source, long listing, String after, int limit) {
        return of(source).tailMap(after, false).values().stream()
                .filter(image -> image.listing() < listing)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<Progress> progress(String source) {
        return Optional.ofNullable(progress.get(source));
    }

    @Override
    public synchronized void note(String source, Progress noted) {
        progress.put(source, noted);
    }
}

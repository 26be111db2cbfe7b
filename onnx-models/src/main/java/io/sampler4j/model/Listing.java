package io.sampler4j.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One directory among the models, readable or not.
 *
 * @param name the directory's own name
 * @param path the directory
 * @param model the model, where it can be read
 * @param problem why it cannot be read; empty where it can
 */
public record Listing(String name, Path path, Optional<ModelDirectory> model, Optional<String> problem) {}

package io.github.dl4jagc.internal.dl4j;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.optimize.api.TrainingListener;

/** A ComputationGraph. */
final class GraphNetwork extends Network {

  private final ComputationGraph graph;

  GraphNetwork(ComputationGraph graph) {
    super(graph);
    this.graph = graph;
  }

  @Override
  boolean isInitialised() {
    return graph.getVertices() != null;
  }

  @Override
  Updater updater(boolean create) {
    return graph.getUpdater(create);
  }

  @Override
  Trainable owner(Trainable named) {
    return graph.getVertex(nameOf(named));
  }

  @Override
  String nameOf(Trainable owner) {
    return ((GraphVertex) owner).getVertexName();
  }

  @Override
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (GraphVertex vertex : graph.getVertices()) {
      names.add(vertex.getVertexName());
    }
    return names;
  }

  /** The outputs or, where these have no parameters, the nearest vertices before them that do. */
  @Override
  Set<String> outputLayers() {
    Set<String> names = new HashSet<>();
    Deque<GraphVertex> toVisit = new ArrayDeque<>();
    for (String output : graph.getConfiguration().getNetworkOutputs()) {
      toVisit.add(graph.getVertex(output));
    }
    BitSet visited = new BitSet(); // branches that meet again lead to a vertex in several ways
    while (!toVisit.isEmpty()) {
      GraphVertex vertex = toVisit.remove();
      if (visited.get(vertex.getVertexIndex())) {
        continue;
      }
      visited.set(vertex.getVertexIndex());
      if (vertex.numParams() > 0) {
        names.add(vertex.getVertexName());
      } else if (vertex.getInputVertices() != null) {
        for (VertexIndices input : vertex.getInputVertices()) {
          toVisit.add(graph.getVertices()[input.getVertexIndex()]);
        }
      }
    }
    return names;
  }

  @Override
  int iteration() {
    return graph.getIterationCount();
  }

  @Override
  int epoch() {
    return graph.getEpochCount();
  }

  @Override
  Collection<TrainingListener> presentListeners() {
    return graph.getListeners();
  }
}

package io.github.dl4jagc.bench;

import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Parameters of the shapes and sizes of well-known networks, as DL4J networks that are updated but
 * never run forward. What batch normalisation or a gain would add, one vector per convolution, is
 * there as a PReLU layer, so that all parameters share one updater block.
 */
public enum ParameterSet {
  /** 25.6 million parameters in 161 arrays. */
  RESNET50 {
    @Override
    void addLayers(ListBuilder list) {
      bottlenecks(list, new int[] {3, 4, 6, 3}, 1000);
    }
  },
  /** The depth of NF-ResNet-200: 64.8 million parameters. */
  NF_RESNET200 {
    @Override
    void addLayers(ListBuilder list) {
      bottlenecks(list, new int[] {3, 24, 36, 3}, 1000);
    }
  },
  /** Four LSTM layers of 1024 cells: 33.6 million parameters. */
  LSTM4 {
    @Override
    void addLayers(ListBuilder list) {
      for (int i = 0; i < 4; i++) {
        list.layer(new LSTM.Builder().nIn(1024).nOut(1024).build());
      }
    }
  },
  /** A thousand dense layers of 8 neurons: 2,000 arrays of 64 or 8 elements. */
  TINY1000 {
    @Override
    void addLayers(ListBuilder list) {
      for (int i = 0; i < 1000; i++) {
        list.layer(new DenseLayer.Builder().nIn(8).nOut(8).build());
      }
    }
  },
  /**
   * An embedding of 500,000 tokens in 64 numbers, in 'f' order: the elements of a unit are a
   * vocabulary apart. 640 tokens have a gradient.
   */
  EMBEDDING {
    @Override
    void addLayers(ListBuilder list) {
      list.layer(new EmbeddingLayer.Builder().nIn(TOKENS).nOut(SHORT_UNIT).build());
    }

    @Override
    public INDArray gradient(long parameters) {
      float[] all = new float[Math.toIntExact(parameters)];
      Random random = new Random(1);
      for (int example = 0; example < TOKENS_OF_A_MINIBATCH; example++) {
        int token = example * (TOKENS / TOKENS_OF_A_MINIBATCH);
        for (int i = 0; i < SHORT_UNIT; i++) {
          all[i * TOKENS + token] = (float) random.nextGaussian();
        }
      }
      return Nd4j.createFromArray(all);
    }
  },
  /** 500,000 units of 64 elements, one after the other. */
  SHORT {
    @Override
    void addLayers(ListBuilder list) {
      list.layer(
          new ConvolutionLayer.Builder(1, 1).nIn(SHORT_UNIT).nOut(TOKENS).hasBias(false).build());
    }
  },
  /** 64 units of 500,000 elements, which lie 64 elements apart. */
  STRIDED {
    @Override
    void addLayers(ListBuilder list) {
      strided(list, TOKENS, SHORT_UNIT);
    }
  },
  /** 4,096 units of 512 elements, which lie 4,096 elements apart; all fits in many a cache. */
  STRIDED_WIDE {
    @Override
    void addLayers(ListBuilder list) {
      strided(list, 512, 4096);
    }
  },
  /** 100 units of 1,000 elements: 10^5 parameters. */
  DENSE_1E5 {
    @Override
    void addLayers(ListBuilder list) {
      dense(list, 100);
    }
  },
  /** 1000 units of 1,000 elements: 10^6 parameters. */
  DENSE_1E6 {
    @Override
    void addLayers(ListBuilder list) {
      dense(list, 1000);
    }
  },
  /** 10,000 units of 1,000 elements: 10^7 parameters. */
  DENSE_1E7 {
    @Override
    void addLayers(ListBuilder list) {
      dense(list, 10_000);
    }
  },
  /** 100,000 units of 1,000 elements: 10^8 parameters. */
  DENSE_1E8 {
    @Override
    void addLayers(ListBuilder list) {
      dense(list, 100_000);
    }
  };

  private static final int TOKENS = 500_000;
  private static final int TOKENS_OF_A_MINIBATCH = 640;
  private static final int SHORT_UNIT = 64;

  abstract void addLayers(ListBuilder list);

  /** A gradient such as these parameters have, as a flat array. */
  public INDArray gradient(long parameters) {
    return Nd4j.randn(DataType.FLOAT, parameters);
  }

  /** An initialised network with these parameters. */
  public MultiLayerNetwork network(IUpdater updater, GradientNormalization normalization) {
    ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .miniBatch(false)
            .updater(updater)
            .gradientNormalization(normalization)
            .gradientNormalizationThreshold(1e-6)
            .list();
    addLayers(list);
    MultiLayerNetwork net = new MultiLayerNetwork(list.build());
    net.init();
    net.initGradientsView();
    return net;
  }

  private static void bottlenecks(ListBuilder list, int[] blocks, int classes) {
    convolution(list, 3, 64, 7);
    int channels = 64;
    for (int stage = 0; stage < blocks.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        convolution(list, channels, width, 1);
        convolution(list, width, width, 3);
        convolution(list, width, 4 * width, 1);
        if (block == 0) {
          convolution(list, channels, 4 * width, 1);
        }
        channels = 4 * width;
      }
    }
    list.layer(new OutputLayer.Builder().nIn(channels).nOut(classes).build());
  }

  private static void convolution(ListBuilder list, int nIn, int nOut, int kernel) {
    list.layer(new ConvolutionLayer.Builder(kernel, kernel).nIn(nIn).nOut(nOut).build());
    list.layer(new PReLULayer.Builder().inputShape(nOut).build());
  }

  /** Weights are [nIn, nOut, 1, 1] in 'c' order, and an output channel is a unit. */
  private static void strided(ListBuilder list, int nIn, int nOut) {
    list.layer(new Deconvolution2D.Builder(1, 1).nIn(nIn).nOut(nOut).hasBias(false).build());
  }

  private static void dense(ListBuilder list, int units) {
    list.layer(new DenseLayer.Builder().nIn(1000).nOut(units).hasBias(false).build());
  }
}

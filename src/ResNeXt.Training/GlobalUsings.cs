global using ResNeXt.MLNet;
